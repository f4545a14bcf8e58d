"""`python -m seqnlp`: the command `seqnlp`."""

from runpy import run_module

run_module("seqnlp.cli.main", run_name="__main__", alter_sys=True)

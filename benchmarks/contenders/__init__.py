"""The contenders of `benchmarks.tagging`, each run in a process of its own."""

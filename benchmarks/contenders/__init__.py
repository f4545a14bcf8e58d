"""The contenders of the benchmarks of speed, each run in a process of its own."""

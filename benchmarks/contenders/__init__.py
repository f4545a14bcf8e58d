"""The contenders of the speed benchmarks. Each runs in its own process."""

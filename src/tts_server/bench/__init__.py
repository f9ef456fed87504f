"""Benchmarks that anyone can run: scenarios, the processes they measure, and their reports."""

"""Speed, measured against peers in the same run. `python -m benchmarks` runs everything; see `README.md` here."""

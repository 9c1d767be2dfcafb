"""What scripts/bench is made of. Python 3.9 and its standard library, nothing else."""

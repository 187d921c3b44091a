"""The ports on AWS. Client errors are translated here and nowhere else."""

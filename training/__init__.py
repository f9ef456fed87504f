"""What makes the data files of models: run by hand, with tools that the package does not need."""

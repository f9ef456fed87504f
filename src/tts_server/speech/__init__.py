"""What is asked for and what is made, in no protocol's words."""

"""Speech engines, the contract that they keep, and the registry that finds them."""

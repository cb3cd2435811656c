"""CT: dose reports and images."""

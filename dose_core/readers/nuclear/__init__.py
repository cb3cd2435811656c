"""Nuclear medicine: dose reports and images."""

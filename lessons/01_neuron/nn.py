"""What you wrote in the lessons before this one (the reference solutions of their exercises)."""

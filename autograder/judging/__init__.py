"""From what came of the cases to a verdict, and to what a person reads."""

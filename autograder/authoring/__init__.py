"""What an author writes a lesson's checks with: exercises and cases, comparisons, inputs, observers."""

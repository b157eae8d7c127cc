"""`autograder grade`: a class. Runs come first (in parallel, kept, resumable), then the gradebook (one writer)."""

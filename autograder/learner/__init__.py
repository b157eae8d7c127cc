"""What a learner meets: `check` and its kin, progress, the home page, their own copy of the lessons."""

"""A lesson, from its source in solutions/ to what learners get in lessons/."""

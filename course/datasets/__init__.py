"""How `course.data` finds its data sets: what ships with a dependency, what is fetched, what stands in for it."""

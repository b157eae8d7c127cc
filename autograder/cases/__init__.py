"""Running one case: the same few lines in the notebook, in the build, in the proof and in the sandbox."""

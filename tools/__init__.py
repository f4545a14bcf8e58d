"""Programs for maintaining the repository; they are not part of the package."""

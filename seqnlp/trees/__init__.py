"""Trees over words: brackets, binary trees, batches of trees and drawings."""

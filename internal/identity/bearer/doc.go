// Package bearer makes and checks the RS256 tokens of the third dialect, and owns the keys that sign them.
package bearer

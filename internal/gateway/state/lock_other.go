//go:build !unix

package state

import "os"

// exclusive has no portable form outside Unix; there, that each gateway has its
// own folder is left to whoever runs it.
func exclusive(*os.File) error { return nil }

package store

import (
	"embed"
	"io/fs"
)

// Schema is the folder "schema" of what an area embeds with
//
//	//go:embed schema/*.sql
//	var schema embed.FS
//
// It panics when there is no such folder, which the directive rules out.
func Schema(files embed.FS) fs.FS {
	sub, err := fs.Sub(files, "schema")
	if err != nil {
		panic("BUG: store: embedded schema: " + err.Error())
	}
	return sub
}

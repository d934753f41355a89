// Package accesstokens owns named access tokens of the third dialect.
package accesstokens

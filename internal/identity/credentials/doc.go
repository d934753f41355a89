// Package credentials owns what users keep here for other services, EC2 keys above all: /v3/credentials and OS-EC2.
package credentials

package cli

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"
)

// Access keys are no collection of /v3: another path, another name field.
const keyPath = "/v3.0/OS-CREDENTIAL/credentials"

var keyColumns = []string{"access", "status", "user_id", "create_time", "last_use_time", "description"}

func keys(environ []string) *cobra.Command {
	f := newFamily(environ, "key", "Access keys (AK/SK) with which programs sign; a user has at most two.")
	var user string
	list := f.leaf("list", "List access keys, your own or those of --user.", cobra.NoArgs, func(c *call) error {
		path := keyPath
		id, err := c.optionalID(userKind, user, "")
		if err != nil {
			return err
		}
		if id != "" {
			path += "?" + url.Values{"user_id": {id}}.Encode()
		}
		found, err := c.listAt(path, "credentials")
		if err != nil {
			return err
		}
		return printList(c.out, c.form, keyColumns, found)
	})
	list.Flags().StringVar(&user, "user", "", "whose keys")
	f.keyCreate()
	f.leaf("delete KEY...", "Delete access keys.", cobra.MinimumNArgs(1), func(c *call) error {
		for _, access := range c.args {
			if _, err := c.do(c.ctx, http.MethodDelete, keyPath+"/"+url.PathEscape(access), nil, nil); err != nil {
				return err
			}
			c.say("deleted access key %s", access)
		}
		return nil
	})
	f.keySet()
	f.leaf("rotate-signing", "Sign tokens with a new key from now on; those that live stay valid.", cobra.NoArgs, func(c *call) error {
		var answer object
		if _, err := c.do(c.ctx, http.MethodPost, "/apis/ghippo.io/v1alpha1/certs/rotate", object{}, &answer); err != nil {
			return err
		}
		return printOne(c.out, c.form, []string{"kid"}, answer)
	})
	return f.Command
}

func (f *family) keyCreate() {
	var user string
	var c *cobra.Command
	c = f.leaf("create", "Make an access key; the secret is shown once.", cobra.NoArgs, func(call *call) error {
		fields := object{}
		set(fields, c, "description", "description")
		id, err := call.optionalID(userKind, user, "")
		if err != nil {
			return err
		}
		if id != "" {
			fields["user_id"] = id
		}
		return call.key(http.MethodPost, keyPath, fields)
	})
	c.Flags().StringVar(&user, "user", "", "for whom; default: you")
	c.Flags().String("description", "", "text for people")
}

func (f *family) keySet() {
	var on switched
	var c *cobra.Command
	c = f.leaf("set KEY", "Switch an access key on or off, or describe it anew.", cobra.ExactArgs(1), func(call *call) error {
		fields := object{}
		set(fields, c, "description", "description")
		switch {
		case on.on:
			fields["status"] = "active"
		case on.off:
			fields["status"] = "inactive"
		}
		if err := nothing(fields, c); err != nil {
			return err
		}
		return call.key(http.MethodPut, keyPath+"/"+url.PathEscape(call.args[0]), fields)
	})
	c.Flags().String("description", "", "text for people")
	on.flags(c)
}

// key sends an access key and prints what it has become.
func (c *call) key(method, path string, fields object) error {
	var answer object
	_, err := c.do(c.ctx, method, path, object{"credential": fields}, &answer)
	var r *refused
	if errors.As(err, &r) && r.message == "akSkNumExceed" { // what clients of the dialect know it by
		return fmt.Errorf("%w: a user has at most two access keys; delete one first (lintel key list)", err)
	}
	if err != nil {
		return err
	}
	o, _ := answer["credential"].(object)
	return printOne(c.out, c.form, append([]string{"access", "secret"}, keyColumns[1:]...), o)
}

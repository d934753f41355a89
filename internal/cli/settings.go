package cli

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
)

// UsageError marks faults that the user mends on the command line or in the
// environment.
type UsageError struct{ error }

func (e UsageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// named is a thing given by its id or by its name.
type named struct{ id, name string }

func (n named) given() bool { return n.id != "" || n.name != "" }

// ref is the form of the v3 log-in.
func (n named) ref() object {
	if n.id != "" {
		return object{"id": n.id}
	}
	return object{"name": n.name}
}

// settings say where the platform is and who asks.
type settings struct {
	url, cacert, dataDir string
	insecure             bool
	output               string

	token, password        string
	user, userDomain       named
	project, projectDomain named
	domain                 named
	credential             named // application credential
	credentialSecret       string
	adminPassword          string // LINTEL_ADMIN_PASSWORD
}

const (
	defaultURL     = "http://127.0.0.1:8080"
	defaultDataDir = "lintel-data"
)

func (s *settings) flags(f *pflag.FlagSet) {
	f.StringVar(&s.url, "url", s.url, "management address of the platform (or OS_AUTH_URL)")
	f.StringVar(&s.cacert, "cacert", s.cacert, "PEM file with the certificate authority to trust (or OS_CACERT)")
	f.BoolVar(&s.insecure, "insecure", false, "do not verify the platform's certificate")
	f.StringVar(&s.dataDir, "data-dir", s.dataDir, "data folder with the administrator's first password, used when OS_… names nobody (or LINTEL_DATA_DIR)")
	f.StringVarP(&s.output, "output", "o", "table", "table, json or yaml")
}

// fromEnvironment reads the variables that OpenStack clients agree on.
func fromEnvironment(environ []string) *settings {
	v := map[string]string{}
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok {
			v[name] = value
		}
	}
	or := func(a, b string) string {
		if a != "" {
			return a
		}
		return b
	}
	return &settings{
		url: or(v["OS_AUTH_URL"], defaultURL), cacert: v["OS_CACERT"], dataDir: or(v["LINTEL_DATA_DIR"], defaultDataDir),
		token: v["OS_TOKEN"], password: v["OS_PASSWORD"],
		user:             named{v["OS_USER_ID"], v["OS_USERNAME"]},
		userDomain:       named{v["OS_USER_DOMAIN_ID"], v["OS_USER_DOMAIN_NAME"]},
		project:          named{v["OS_PROJECT_ID"], v["OS_PROJECT_NAME"]},
		projectDomain:    named{v["OS_PROJECT_DOMAIN_ID"], v["OS_PROJECT_DOMAIN_NAME"]},
		domain:           named{v["OS_DOMAIN_ID"], v["OS_DOMAIN_NAME"]},
		credential:       named{v["OS_APPLICATION_CREDENTIAL_ID"], v["OS_APPLICATION_CREDENTIAL_NAME"]},
		credentialSecret: v["OS_APPLICATION_CREDENTIAL_SECRET"],
		adminPassword:    v["LINTEL_ADMIN_PASSWORD"],
	}
}

// base is the address without a path: OS_AUTH_URL usually ends in /v3.
func (s *settings) base() (string, error) {
	u, err := url.Parse(s.url)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", usage("the platform's address %q is not of the form http://host:port; see --url", s.url)
	}
	path := strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), "/v3")
	return u.Scheme + "://" + u.Host + path, nil
}

// login is the body of the log-in. Without any credentials in the environment
// it is the administrator of the first start, for its domain.
func (s *settings) login() (object, error) {
	var identity object
	switch {
	case s.credential.given():
		c := s.credential.ref()
		c["secret"] = s.credentialSecret
		if s.credential.id == "" {
			c["user"] = s.person()
		}
		return object{"auth": object{"identity": object{"methods": []string{"application_credential"}, "application_credential": c}}}, nil
	case s.user.given():
		if s.password == "" {
			return nil, usage("OS_USERNAME is set and OS_PASSWORD is not")
		}
		u := s.person()
		u["password"] = s.password
		identity = object{"methods": []string{"password"}, "password": object{"user": u}}
	default:
		password, err := s.firstPassword()
		if err != nil {
			return nil, err
		}
		home := object{"id": "default"}
		identity = object{"methods": []string{"password"}, "password": object{"user": object{"name": "admin", "password": password, "domain": home}}}
		if !s.project.given() && !s.domain.given() {
			return object{"auth": object{"identity": identity, "scope": object{"domain": home}}}, nil
		}
	}
	auth := object{"identity": identity}
	switch {
	case s.project.given():
		p := s.project.ref()
		if s.project.id == "" {
			p["domain"] = s.projectDomain.orDefault().ref()
		}
		auth["scope"] = object{"project": p}
	case s.domain.given():
		auth["scope"] = object{"domain": s.domain.ref()}
	}
	return object{"auth": auth}, nil
}

func (s *settings) person() object {
	u := s.user.ref()
	if s.user.id == "" {
		u["domain"] = s.userDomain.orDefault().ref()
	}
	return u
}

func (n named) orDefault() named {
	if n.given() {
		return n
	}
	return named{id: "default"}
}

func (s *settings) firstPassword() (string, error) {
	if s.adminPassword != "" {
		return s.adminPassword, nil
	}
	b, err := os.ReadFile(filepath.Join(s.dataDir, "admin-password"))
	if errors.Is(err, os.ErrNotExist) {
		return "", usage("nobody is named: set OS_USERNAME and OS_PASSWORD (and OS_DOMAIN_NAME or OS_PROJECT_NAME), or point --data-dir at the folder that keeps the administrator's first password")
	}
	if err != nil {
		return "", fmt.Errorf("the administrator's first password: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

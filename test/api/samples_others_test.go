package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/url"
	"time"
)

// ordered is an order of a group of another project: its owner lists it and an
// administrator approves.
func (r *replay) ordered() string {
	r.t.Helper()
	seller := r.tenant("seller")
	group := r.group(seller.member, "api_group_001")
	r.publish(seller.member, r.api(seller.member, with(mock(group, "sold", "/sold"), "auth_type", "APP", "remark", "x")), releaseEnv)
	listing := "api-groups/" + group + "/listing"
	r.do(seller.member, "POST "+listing, nil).want(201)
	r.put(r.admin, listing, object{"approve": true})
	return r.made("purchases", object{"group_id": group, "calls": 1000, "period": 1})
}

// domainReplays are those of section 4.16.
var domainReplays = map[string]func(*replay) string{
	"4.16.2": func(r *replay) string { return "POST api-groups/" + r.group(r.own.member, "group") + "/domains" },
	"4.16.4": func(r *replay) string {
		path, name := r.domain()
		certificate := r.certificate(name)
		r.instead("cert_content", certificate["cert_content"], "the sample has a word in place of a certificate")
		r.instead("private_key", certificate["private_key"], "the sample has a word in place of a key")
		return "POST " + path + "/certificate"
	},
	"4.16.6": func(r *replay) string {
		path, name := r.domain()
		return "GET " + path + "/certificate/" + r.post(r.own.member, path+"/certificate", r.certificate(name)).text("ssl_id")
	},
}

func (r *replay) domain() (path, name string) {
	r.t.Helper()
	path, name = "api-groups/"+r.group(r.own.member, "group")+"/domains", "www."+r.unknown()+".test"
	return path + "/" + r.made(path, object{"url_domain": name}), name
}

// certificate is one for a domain with every part of a name that the sample
// shows.
func (r *replay) certificate(name string) object {
	r.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		r.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{name}, KeyUsage: x509.KeyUsageDigitalSignature,
		Subject: pkix.Name{
			CommonName: name, Country: []string{"CN"}, Province: []string{"Guangdong"}, Locality: []string{"ShenZhen"},
			Organization: []string{"Example"}, OrganizationalUnit: []string{"Test"},
		},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		r.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		r.t.Fatal(err)
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return object{"name": "test_ssl", "cert_content": block("CERTIFICATE", certificate), "private_key": block("PRIVATE KEY", private)}
}

// channelReplays are those of section 4.17.
var channelReplays = map[string]func(*replay) string{
	"4.17.2": func(r *replay) string {
		r.server("instance01", "10.0.0.1")
		return "POST vpc-channels"
	},
	"4.17.3": func(r *replay) string {
		r.server("instance01", "10.0.0.1")
		return "PUT vpc-channels/" + r.made("vpc-channels", with(r.sent("4.17.2"), "name", "before", "vpc_instances", nil))
	},
	"4.17.5": func(r *replay) string { return "GET vpc-channels/" + r.channel() },
	"4.17.6": func(r *replay) string {
		r.channel()
		return "GET vpc-channels"
	},
	"4.17.7": func(r *replay) string {
		r.server("instance02", "10.0.0.2")
		return "POST vpc-channels/" + r.channel() + "/members"
	},
	"4.17.9": func(r *replay) string { return "GET vpc-channels/" + r.channel() + "/members" },
}

// server enters one into the instance directory.
func (r *replay) server(id, address string) {
	r.t.Helper()
	r.put(r.own.member, "/v1/"+r.own.project+"/servers/"+id, object{"server": object{
		"name": "name of " + id, "addresses": object{"private": list{object{"addr": address, "version": 4}}},
	}})
}

func (r *replay) channel() string {
	r.t.Helper()
	r.server("instance01", "10.0.0.1")
	return r.made("vpc-channels", r.sent("4.17.2"))
}

// openapiReplays are those of section 4.18. The channel that the documents name
// has to be there. The response samples have an operation that failed, which
// the request samples do not have: they are sent as they are, and then with it.
var openapiReplays = map[string]func(*replay) string{
	"4.18.1": func(r *replay) string {
		group, _ := r.imported()
		return "GET openapi?define=all&env_id=" + releaseEnv + "&group_id=" + group
	},
	"4.18.2": func(r *replay) string {
		group, api := r.imported()
		second := r.api(r.own.member, mock(group, "second", "/second"))
		r.publish(r.own.member, second, releaseEnv)
		r.set("0", api)
		r.set("1", second)
		return "POST openapi/apis?define=all&env_id=" + releaseEnv
	},
	"4.18.3": func(r *replay) string {
		r.backendChannel()
		r.do(r.own.member, "POST openapi", r.body).want(200)
		r.set("info.title", "again")
		r.failing()
		return "POST openapi"
	},
	"4.18.4": func(r *replay) string {
		r.backendChannel()
		call := "PUT openapi?mode=override&group_id=" + r.group(r.own.member, "first")
		r.do(r.own.member, call, r.body).want(200)
		r.failing()
		return "PUT openapi?mode=override&group_id=" + r.group(r.own.member, "second")
	},
}

func (r *replay) backendChannel() {
	r.t.Helper()
	r.made("vpc-channels", with(r.sent("4.17.2"), "name", "VPC_n9ct", "vpc_instances", nil))
}

// imported is the document of 4.18.3 in a group, published.
func (r *replay) imported() (group, api string) {
	r.t.Helper()
	r.backendChannel()
	done := r.do(r.own.member, "POST openapi", r.sent("4.18.3")).want(200)
	group, api = done.text("group_id"), done.text("success.0.id")
	r.publish(r.own.member, api, releaseEnv)
	return group, api
}

// failing adds the operation that cannot be imported.
func (r *replay) failing() {
	r.t.Helper()
	paths := r.body.(object)["paths"].(object)
	paths["/test02"] = object{"get": object{
		"operationId": "test02", "responses": object{"default": object{"description": "x"}},
		"x-apigateway-backend": object{"type": "NOTHING"},
	}}
}

// authorizerReplays are those of section 4.19.
var authorizerReplays = map[string]func(*replay) string{
	"4.19.1": func(r *replay) string {
		r.set("authorizer_uri", r.function())
		return "POST authorizers"
	},
	"4.19.2": func(r *replay) string {
		id := r.authorizer()
		r.set("authorizer_uri", r.get(r.own.member, "authorizers/"+id).text("authorizer_uri"))
		return "PUT authorizers/" + id
	},
	"4.19.4": func(r *replay) string { return "GET authorizers/" + r.authorizer() },
	"4.19.5": func(r *replay) string {
		r.authorizer()
		return "GET authorizers?name=" + url.QueryEscape("Authorizer_9dlh")
	},
}

func (r *replay) authorizer() string {
	r.t.Helper()
	return r.made("authorizers", with(r.sent("4.19.1"), "authorizer_uri", r.function()))
}

// function makes the function that the samples name.
func (r *replay) function() string {
	r.t.Helper()
	a := r.do(r.own.member, "POST /v2/"+r.own.project+"/fgs/functions", object{
		"func_name": "test111", "package": "default", "runtime": "http", "handler": "index", "timeout": 3, "memory_size": 128,
		"code_type": "http", "http_target": "http://127.0.0.1:9/",
	})
	if a.op == nil {
		r.t.Fatalf("%s: no operation, answered %d", a.call, a.status)
	}
	return a.want(a.op.success()).text("func_urn")
}

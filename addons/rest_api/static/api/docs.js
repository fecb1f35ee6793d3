// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
// Shows the OpenAPI document and sends requests by it. Everything is set as text, never as HTML.
"use strict";

// -- words ----------------------------------------------------------------------------------------

function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        element[name] = value;
    }
    element.append(...children);
    return element;
}

// A sentence whose `words` between backticks are code.
function sentence(text) {
    return text
        .split("`")
        .map((part, index) => (index % 2 ? make("code", {textContent: part}) : part));
}

function paragraphs(text) {
    return text.split("\n\n").map((part) => make("p", {}, ...sentence(part)));
}

function pretty(value) {
    return JSON.stringify(value, null, 2);
}

// -- the document ---------------------------------------------------------------------------------

function resolve(spec, node) {
    if (!node || !node.$ref) {
        return node;
    }
    return node.$ref
        .slice(2)
        .split("/")
        .reduce((part, name) => part[name], spec);
}

function contentOf(response) {
    return Object.values(response.content || {})[0] || {};
}

function schemaLink(schema) {
    if (!schema) {
        return "";
    }
    if (schema.allOf) {
        return schemaLink(schema.allOf[0]);
    }
    const name = schema.$ref.split("/").pop();
    const link = make("a", {href: `#schema-${name}`, textContent: name});
    return make("code", {}, link);
}

function typeOf(schema) {
    const types = (schema.anyOf || [schema]).map((each) => each.format || each.type);
    return types.flat().join(" or ");
}

// -- one operation --------------------------------------------------------------------------------

function showAnswers(spec, operation) {
    const table = make("table");
    for (const [status, reference] of Object.entries(operation.responses)) {
        const response = resolve(spec, reference);
        table.append(
            make(
                "tr",
                {},
                make("td", {}, make("code", {textContent: status})),
                make("td", {textContent: response.description}),
                make("td", {}, schemaLink(contentOf(response).schema))
            )
        );
    }
    return make("div", {className: "table"}, table);
}

function showExample(operation) {
    const good = operation.responses["200"] || operation.responses["201"];
    const example = contentOf(good).example;
    return example === undefined
        ? []
        : [make("h4", {textContent: "Example"}), make("pre", {textContent: pretty(example)})];
}

function showInput(parameter) {
    const schema = parameter.schema;
    let input = null;
    if (schema.enum) {
        const words = ["", ...schema.enum];
        const options = words.map((word) => make("option", {value: word, textContent: word}));
        input = make("select", {name: parameter.name}, ...options);
    } else {
        const placeholder = schema.default === undefined ? typeOf(schema) : `${schema.default}`;
        input = make("input", {name: parameter.name, spellcheck: false, placeholder});
    }
    const where = parameter.required ? `${parameter.in}, required` : parameter.in;
    const label = make(
        "label",
        {},
        make("code", {textContent: parameter.name}),
        make("span", {className: "note", textContent: ` ${where}`}),
        input,
        make("span", {className: "note"}, ...sentence(parameter.description || ""))
    );
    return {parameter, input, label};
}

function prepareRequest(method, path, inputs, body) {
    const query = new URLSearchParams();
    const headers = {};
    let filled = path;
    for (const {parameter, input} of inputs) {
        const value = input.value;
        if (parameter.in === "path") {
            filled = filled.replace(
                `{${parameter.name}}`,
                value ? encodeURIComponent(value) : `{${parameter.name}}`
            );
        } else if (parameter.in === "query" && value) {
            query.set(parameter.name, value);
        } else if (parameter.in === "header" && value) {
            headers[parameter.name] = value;
        }
    }
    if (body) {
        headers["Content-Type"] = "application/json";
    }
    const url = query.size ? `${filled}?${query}` : filled;
    return {method, url, headers, body: body ? body.value || "{}" : null};
}

function quote(text) {
    return `'${text.replaceAll("'", "'\\''")}'`;
}

// The key is not written out: what is copied may be pasted anywhere.
function asCurl({method, url, headers, body}) {
    const parts = [`curl -X ${method} ${quote(location.origin + url)}`];
    parts.push('-H "Authorization: Bearer $KEY"');
    for (const [name, value] of Object.entries(headers)) {
        parts.push(`-H ${quote(`${name}: ${value}`)}`);
    }
    if (body) {
        parts.push(`-d ${quote(body)}`);
    }
    return parts.join(" \\\n  ");
}

async function send({method, url, headers, body}) {
    const key = document.getElementById("key").value.trim();
    const sent = key ? {...headers, Authorization: `Bearer ${key}`} : headers;
    const options = {method, headers: sent, credentials: "omit", cache: "no-store"};
    const answer = await fetch(url, body === null ? options : {...options, body});
    const lines = [`${answer.status} ${answer.statusText}`];
    answer.headers.forEach((value, name) => lines.push(`${name}: ${value}`));
    const text = await answer.text();
    let shown = text;
    try {
        shown = pretty(JSON.parse(text));
    } catch {
        shown = text;
    }
    return `${lines.join("\n")}\n\n${shown}`;
}

function showTry(verb, path, inputs, body) {
    const result = make("pre", {className: "result", hidden: true});
    const curl = make("pre", {className: "curl", hidden: true});
    const sendButton = make("button", {type: "button", textContent: "Send"});
    sendButton.addEventListener("click", async () => {
        result.hidden = false;
        result.textContent = "…";
        try {
            result.textContent = await send(prepareRequest(verb, path, inputs, body));
        } catch (error) {
            result.textContent = String(error);
        }
    });
    const curlButton = make("button", {type: "button", className: "plain", textContent: "curl"});
    curlButton.addEventListener("click", () => {
        curl.hidden = false;
        curl.textContent = asCurl(prepareRequest(verb, path, inputs, body));
    });
    return [make("p", {}, sendButton, curlButton), curl, result];
}

function showOperation(spec, path, method, operation) {
    const verb = method.toUpperCase();
    const inputs = operation.parameters.map(showInput);
    const parts = paragraphs(operation.description || "");
    if (inputs.length) {
        parts.push(make("div", {className: "inputs"}, ...inputs.map((each) => each.label)));
    }
    let body = null;
    if (operation.requestBody) {
        const content = contentOf(operation.requestBody);
        const value = pretty(content.example === undefined ? {} : content.example);
        body = make("textarea", {rows: Math.min(value.split("\n").length + 1, 16), value});
        body.spellcheck = false;
        parts.push(make("label", {}, "Body ", schemaLink(content.schema), body));
    }
    return make(
        "details",
        {id: operation.operationId},
        make(
            "summary",
            {},
            make("span", {className: `verb ${method}`, textContent: verb}),
            make("code", {textContent: path}),
            make("span", {className: "what"}, ...sentence(operation.summary))
        ),
        ...parts,
        ...showTry(verb, path, inputs, body),
        make("h4", {textContent: "Answers"}),
        showAnswers(spec, operation),
        ...showExample(operation)
    );
}

// -- the page -------------------------------------------------------------------------------------

function findOperations(spec, tag) {
    return Object.entries(spec.paths).flatMap(([path, methods]) =>
        Object.entries(methods)
            .filter(([, operation]) => operation.tags[0] === tag)
            .map(([method, operation]) => ({path, method, operation}))
    );
}

function showLink({path, method, operation}) {
    const link = make(
        "a",
        {href: `#${operation.operationId}`, title: `${path}\n${operation.summary}`},
        make("b", {className: method, textContent: method.toUpperCase()}),
        ` ${operation.operationId.replaceAll("_", " ")}`
    );
    link.dataset.words = `${path} ${operation.summary} ${operation.operationId}`.toLowerCase();
    return link;
}

function showGroup(spec, group) {
    const main = document.getElementById("operations");
    const contents = document.getElementById("contents");
    main.append(make("h2", {textContent: group.name}));
    main.append(make("p", {className: "note"}, ...sentence(group.description)));
    contents.append(make("h3", {textContent: group.name}));
    for (const tag of spec.tags.filter((each) => group.tags.includes(each.name))) {
        if (tag.name !== group.name) {
            main.append(make("h3", {textContent: tag.name}));
            contents.append(make("h4", {textContent: tag.name}));
        }
        main.append(make("p", {className: "note"}, ...sentence(tag.description)));
        for (const found of findOperations(spec, tag.name)) {
            main.append(showOperation(spec, found.path, found.method, found.operation));
            contents.append(showLink(found));
        }
    }
}

function showSchemas(spec) {
    const place = document.getElementById("schemas");
    for (const [name, schema] of Object.entries(spec.components.schemas).sort()) {
        place.append(
            make(
                "details",
                {id: `schema-${name}`},
                make("summary", {}, make("code", {textContent: name})),
                make("pre", {textContent: pretty(schema)})
            )
        );
    }
}

// A link to an operation or a schema opens it.
function openTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") {
        target.open = true;
        target.scrollIntoView();
    }
}

function filterContents() {
    const wanted = document.getElementById("filter").value.trim().toLowerCase();
    for (const link of document.querySelectorAll("#contents a")) {
        link.hidden = !link.dataset.words.includes(wanted);
    }
}

function show(spec) {
    document.getElementById("title").textContent = spec.info.title;
    document.getElementById("about").replaceChildren(...paragraphs(spec.info.description));
    for (const group of spec["x-tagGroups"]) {
        showGroup(spec, group);
    }
    showSchemas(spec);
    openTarget();
}

window.addEventListener("hashchange", openTarget);
document.getElementById("filter").addEventListener("input", filterContents);
fetch("/api/v1/openapi.json")
    .then((answer) => answer.json())
    .then(show)
    .catch((error) => {
        document.getElementById("about").textContent = `The document could not be loaded: ${error}`;
    });

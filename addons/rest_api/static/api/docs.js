// Copyright 2026 Batchproof contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
// Shows the OpenAPI document and sends requests by it. Everything is set as text, never as HTML.
"use strict";

function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        element[name] = value;
    }
    element.append(...children);
    return element;
}

function resolve(spec, node) {
    if (!node || !node.$ref) {
        return node;
    }
    return node.$ref
        .slice(2)
        .split("/")
        .reduce((part, name) => part[name], spec);
}

function nameOf(schema) {
    if (!schema) {
        return "";
    }
    if (schema.allOf) {
        return nameOf(schema.allOf[0]);
    }
    return schema.$ref ? schema.$ref.split("/").pop() : JSON.stringify(schema);
}

function contentOf(response) {
    return Object.values(response.content || {})[0] || {};
}

function showResponses(spec, operation) {
    const table = make("table");
    for (const [status, reference] of Object.entries(operation.responses)) {
        const response = resolve(spec, reference);
        const schema = contentOf(response).schema;
        table.append(
            make(
                "tr",
                {},
                make("td", {}, make("code", {textContent: status})),
                make("td", {textContent: response.description}),
                make("td", {}, make("code", {textContent: nameOf(schema)}))
            )
        );
    }
    return table;
}

function showInputs(operation) {
    return operation.parameters.map((parameter) => {
        const input = make("input", {name: parameter.name, spellcheck: false});
        const words = [parameter.name, `(${parameter.in})`, parameter.description || ""];
        return {
            parameter,
            input,
            label: make("label", {}, words.join(" ").trim(), input),
        };
    });
}

function prepareUrl(path, inputs) {
    let filled = path;
    const query = new URLSearchParams();
    for (const {parameter, input} of inputs) {
        if (parameter.in === "path") {
            filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
        } else if (parameter.in === "query" && input.value) {
            query.set(parameter.name, input.value);
        }
    }
    return query.size ? `${filled}?${query}` : filled;
}

async function send(method, path, inputs, body) {
    const headers = {};
    const key = document.getElementById("key").value.trim();
    if (key) {
        headers.Authorization = `Bearer ${key}`;
    }
    for (const {parameter, input} of inputs) {
        if (parameter.in === "header" && input.value) {
            headers[parameter.name] = input.value;
        }
    }
    if (body) {
        headers["Content-Type"] = "application/json";
    }
    const options = {method, headers, credentials: "omit", cache: "no-store"};
    const answer = await fetch(
        prepareUrl(path, inputs),
        body ? {...options, body: body.value || "{}"} : options
    );
    const lines = [`${answer.status} ${answer.statusText}`];
    answer.headers.forEach((value, name) => lines.push(`${name}: ${value}`));
    const text = await answer.text();
    let shown = text;
    try {
        shown = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
        shown = text;
    }
    return `${lines.join("\n")}\n\n${shown}`;
}

function showOperation(spec, path, method, operation) {
    const verb = method.toUpperCase();
    const inputs = showInputs(operation);
    const parts = [...inputs.map((each) => each.label)];
    let body = null;
    if (operation.requestBody) {
        const content = contentOf(operation.requestBody);
        body = make("textarea", {rows: 12, spellcheck: false});
        body.value = content.example ? JSON.stringify(content.example, null, 2) : "{}";
        parts.push(make("label", {}, `Body: ${nameOf(content.schema)}`, body));
    }
    const result = make("pre", {hidden: true});
    const button = make("button", {type: "button", textContent: "Send"});
    button.addEventListener("click", async () => {
        result.hidden = false;
        result.textContent = "…";
        try {
            result.textContent = await send(verb, path, inputs, body);
        } catch (error) {
            result.textContent = String(error);
        }
    });
    return make(
        "details",
        {id: operation.operationId},
        make(
            "summary",
            {},
            make("b", {textContent: verb}),
            make("code", {textContent: path}),
            ` ${operation.summary}`
        ),
        make("p", {textContent: operation.description || ""}),
        ...parts,
        button,
        result,
        make("h4", {textContent: "Answers"}),
        showResponses(spec, operation)
    );
}

function show(spec) {
    document.getElementById("title").textContent = spec.info.title;
    document.getElementById("about").textContent = spec.info.description;
    const main = document.getElementById("operations");
    for (const tag of spec.tags) {
        main.append(make("h2", {textContent: tag.name}));
        for (const [path, methods] of Object.entries(spec.paths)) {
            for (const [method, operation] of Object.entries(methods)) {
                if (operation.tags.includes(tag.name)) {
                    main.append(showOperation(spec, path, method, operation));
                }
            }
        }
    }
    const schemas = document.getElementById("schemas");
    for (const [name, schema] of Object.entries(spec.components.schemas)) {
        schemas.append(
            make(
                "details",
                {id: `schema-${name}`},
                make("summary", {}, make("code", {textContent: name})),
                make("pre", {textContent: JSON.stringify(schema, null, 2)})
            )
        );
    }
}

fetch("/api/v1/openapi.json")
    .then((answer) => answer.json())
    .then(show)
    .catch((error) => {
        document.getElementById("about").textContent = `The document could not be loaded: ${error}`;
    });

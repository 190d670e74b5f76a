// A provider's web service as a JavaScript programmer writes it. It tells what it has read in requests.jsonl: every value in
// hexadecimal, so that nothing is hidden. There is no XML: Node.js has no parser of its own.
'use strict';
const fs = require('node:fs');
const http = require('node:http');
const querystring = require('node:querystring');

function texts(values) {
    const read = {};
    for (const name of ['invitee', 'invitor', 'network_id']) {
        read[name] = typeof values[name] === 'string' ? Buffer.from(values[name], 'utf8').toString('hex') : null;
    }
    return read;
}

function readings(request, body) {
    const url = new URL(request.url, `http://${request.headers.host}`);
    if (request.method === 'GET' && url.search !== '') {
        return {
            URL: texts(Object.fromEntries(url.searchParams)),
            querystring: texts(querystring.parse(request.url.slice(request.url.indexOf('?') + 1))),
        };
    }

    if (request.method === 'GET') {
        const [, invitee, invitor, network_id] = url.pathname.split('/').map(decodeURIComponent);
        return { pathname: texts({ invitee, invitor, network_id }) };
    }

    switch (request.headers['content-type']) {
        case 'application/x-www-form-urlencoded':
            return {
                URLSearchParams: texts(Object.fromEntries(new URLSearchParams(body))),
                querystring: texts(querystring.parse(body)),
            };
        case 'application/json':
            return { JSON: texts(JSON.parse(body)) };
    }
}

http.createServer((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', chunk => body += chunk);
    request.on('end', () => {
        try {
            const read = {
                key: request.headers['idempotency-key'],
                connection: String(request.socket.remotePort),
                readings: readings(request, body),
            };
            fs.appendFileSync('requests.jsonl', JSON.stringify(read) + '\n');
            response.writeHead(204).end();
        } catch {
            response.writeHead(400).end();
        }
    });
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'));

<?php
// A provider's web service as a PHP programmer writes it. It tells what it has read in requests.jsonl: every value in
// hexadecimal, so that nothing is hidden.

function texts(array $values): array
{
    $read = [];
    foreach (['invitee', 'invitor', 'network_id'] as $name) {
        $value = $values[$name] ?? null;
        $read[$name] = is_string($value) ? bin2hex($value) : null;
    }
    return $read;
}

function readings(): array
{
    if ($_SERVER['REQUEST_METHOD'] === 'GET' && isset($_SERVER['QUERY_STRING']) && $_SERVER['QUERY_STRING'] !== '') {
        parse_str($_SERVER['QUERY_STRING'], $parsed);
        return ['$_GET' => texts($_GET), 'parse_str' => texts($parsed)];
    }

    if ($_SERVER['REQUEST_METHOD'] === 'GET') {
        $segments = array_map('rawurldecode', explode('/', $_SERVER['REQUEST_URI']));
        return ['REQUEST_URI' => texts(['invitee' => $segments[1], 'invitor' => $segments[2], 'network_id' => $segments[3]])];
    }

    $body = file_get_contents('php://input');
    switch ($_SERVER['CONTENT_TYPE']) {
        case 'application/x-www-form-urlencoded':
            parse_str($body, $parsed);
            return ['$_POST' => texts($_POST), 'parse_str' => texts($parsed)];

        case 'application/json':
            $object = json_decode($body);
            return ['array' => texts(json_decode($body, true)), 'object' => texts(get_object_vars($object))];

        case 'application/xml':
            $xml = simplexml_load_string($body);
            $document = new DOMDocument();
            $document->loadXML($body);
            return [
                'SimpleXML' => texts([
                    'invitee' => (string)$xml->invitee,
                    'invitor' => (string)$xml['invitor'],
                    'network_id' => (string)$xml->network_id,
                ]),
                'DOM' => texts([
                    'invitee' => $document->getElementsByTagName('invitee')->item(0)->textContent,
                    'invitor' => $document->documentElement->getAttribute('invitor'),
                    'network_id' => $document->getElementsByTagName('network_id')->item(0)->textContent,
                ]),
            ];
    }
}

$request = [
    'key' => $_SERVER['HTTP_IDEMPOTENCY_KEY'],
    'connection' => $_SERVER['REMOTE_PORT'],
    'readings' => readings(),
];
file_put_contents('requests.jsonl', json_encode($request, JSON_THROW_ON_ERROR) . "\n", FILE_APPEND);
http_response_code(204);

package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake gives exactly these lines, and never a stack trace. */
final class ConfigurationMistakesTest {

    private static final Map<String, String> ENVIRONMENT =
            Map.of("HF_TOKEN", "hf_secret", "HF_TOKEN_2", " hf_secret\n", "EMPTY", " ");

    /**
     * Documents, each before the lines that it gets; {@code @3:} stands for the file and line 3. Of one that begins
     * with account, route or client, that stands in a document that is otherwise right.
     */
    private static final String MISTAKES = """
            accounts: hf-1
            => @1: accounts: expected a list of accounts, such as [{id: hf-1, provider: huggingface, token: "${HF_TOKEN}"}]
            accounts: [{id: a, provider: groq}]
            gateway:
              port: 70000
            => @3: gateway.port: expected a whole number from 0 to 65535, not '70000'
            just text
            => @: expected keys with values here
            line-size: 1
            ---
            line-size: 2
            => @3: a second YAML document begins here; put everything into one
            line-size: 1
            line-size: 2
            line-size: 3
            => @1: line-size: duplicate key, again in line 2
            => @1: line-size: duplicate key, again in line 3
            line-size: &one 1
            max-concurrency: *one
            => @2: max-concurrency: aliases (*one) aren't supported; write the value out
            routes:
            \tr: 1
            => @2: this isn't YAML: while scanning for the next token, found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)
            account: token: ${HF_TOKEN}
            => @1: this isn't YAML: while parsing a flow mapping, expected ',' or '}', but got {; between braces, write "${VARIABLE}" with the quotes
            token: "hf_secret
            => @1: this isn't YAML: while scanning a quoted scalar, found unexpected end of stream
            \0\1\2
            => @1: this isn't YAML: special characters are not allowed
            acounts: []
            => @1: acounts: unknown key; did you mean 'accounts'?
            zzz: 1
            => @1: zzz: unknown key; known: accounts, batch-share, cache-timeout, caches, coordinator, default-route, gateway, line-size, max-concurrency, plugins, prices, routes, state, tenant-line-size, tenant-weights
            tenant-line-size: -1
            => @1: tenant-line-size: expected a whole number, 0 or more, not '-1'
            batch-share: 51%
            => @1: batch-share: expected a percentage from 0% to 50%, not '51%'
            tenant-weights: 3
            => @1: tenant-weights: expected keys with values here
            tenant-weights: {a: 0, b: 1001}
            => @1: tenant-weights.a: expected a whole number from 1 to 1000, not '0'
            => @1: tenant-weights.b: expected a whole number from 1 to 1000, not '1001'
            line-size: 1.5
            => @1: line-size: expected a whole number, 0 or more, not '1.5'
            line-size: 99999999999
            => @1: line-size: expected a whole number, 0 or more, not '99999999999'
            line-size:
            => @1: line-size: a value is missing
            max-concurrency: 0
            => @1: max-concurrency: expected a whole number, 1 or more, not '0'
            max-concurrency: ${HF_TOKEN}
            => @1: max-concurrency: expected a whole number, 1 or more, not '${HF_TOKEN}'
            batch-share: -1%
            => @1: batch-share: expected a percentage from 0% to 50%, not '-1%'
            coordinator: [redis, redis]
            => @1: coordinator: only one coordinator is allowed
            coordinator: ehcache
            => @1: coordinator: no coordinator named 'ehcache'; known: redis; its module (whippletree-coordinator-ehcache, if it is part of Whippletree) isn't on the class path, or was merged into a jar without META-INF/services (merge them: shade plugin, ServicesResourceTransformer)
            gateway: on
            => @1: gateway: expected keys with values here
            gateway: {max-body-bytes: 0, max-embedding-inputs: 0, max-connections: 0, client-timeout: 2h}
            => @1: gateway.max-body-bytes: expected a whole number, 1 or more, not '0'
            => @1: gateway.max-embedding-inputs: expected a whole number, 1 or more, not '0'
            => @1: gateway.max-connections: expected a whole number, 1 or more, not '0'
            => @1: gateway.client-timeout: a client's time for a request must be 1 millisecond to 1 hour, not 2 h
            gateway: {idle-timeout: 25h}
            => @1: gateway.idle-timeout: the idle time of a connection must be 1 millisecond to 1 day, not 1 d 1 h
            gateway: {deadline: 8d}
            => @1: gateway.deadline: a deadline must be 1 millisecond to 7 days, not 8 d
            gateway: {host: 0.0.0.0, client-timeout: 2h, idle-timeout: 25h, deadline: 8d}
            => @1: gateway.client-timeout: a client's time for a request must be 1 millisecond to 1 hour, not 2 h
            => @1: gateway.idle-timeout: the idle time of a connection must be 1 millisecond to 1 day, not 1 d 1 h
            => @1: gateway.deadline: a deadline must be 1 millisecond to 7 days, not 8 d
            => @1: gateway.host: on 0.0.0.0 everyone who can reach this machine could use the accounts: add clients with keys, or listen on 127.0.0.1
            gateway: {host: 0.0.0.0, batches: {keep: 7d}}
            => @1: gateway.batches.folder: this key is missing; name the folder that keeps them
            => @1: gateway.host: on 0.0.0.0 everyone who can reach this machine could use the accounts: add clients with keys, or listen on 127.0.0.1
            gateway: {batches: jobs}
            => @1: gateway.batches: expected keys with values here
            gateway: {batches: {keep: 7d}}
            => @1: gateway.batches.folder: this key is missing; name the folder that keeps them
            gateway: {batches: {folder: "a\\0b"}, trace: "a\\0b"}
            => @1: gateway.batches.folder: this isn't a valid path: Nul character not allowed
            => @1: gateway.trace: this isn't a valid path: Nul character not allowed
            gateway: {batches: {folder: " "}}
            => @1: gateway.batches.folder: expected the path of a folder, not ' '
            gateway: {batches: {folder: jobs, keep: 5s}}
            => @1: gateway.batches.keep: files must be kept for 1 minute or more, not 5 s
            gateway: {batches: {folder: jobs, max-file-bytes: a lot, max-files: 0, max-lines: 0, max-open: 0}}
            => @1: gateway.batches.max-file-bytes: 'a lot' is not a size such as 512KB, 64MB, 1GB
            => @1: gateway.batches.max-files: expected a whole number, 1 or more, not '0'
            => @1: gateway.batches.max-lines: expected a whole number, 1 or more, not '0'
            => @1: gateway.batches.max-open: expected a whole number, 1 or more, not '0'
            gateway: {batches: {folder: jobs, refuse-late: often}}
            => @1: gateway.batches.refuse-late: expected true or false, not 'often'
            gateway: {watch-kye: a}
            => @1: gateway.watch-kye: unknown key; did you mean 'watch-key'?
            gateway: {trace: [a, b]}
            => @1: gateway.trace: expected a single value
            gateway: {memory: 0%}
            => @1: gateway.memory: a share of the heap is 1% to 90%, not '0%'
            gateway: {memory: 91%}
            => @1: gateway.memory: a share of the heap is 1% to 90%, not '91%'
            gateway: {memory: a lot}
            => @1: gateway.memory: 'a lot' is not a size such as 512KB, 64MB, 1GB
            gateway: {watch-key: "${NOT_SET}"}
            => @1: gateway.watch-key: the environment variable NOT_SET isn't set
            gateway: {watch-key: "${HF_TOKEN}", clients: [{name: acme, key: "${HF_TOKEN_2}"}]}
            => @1: gateway.watch-key: client 'acme' and gateway.watch-key have the same key; give each its own key
            gateway:
              clients:
              - {name: acme, key: "${HF_TOKEN}"}
              - {name: other, key: "${HF_TOKEN_2}"}
            => @4: gateway.clients[1].key: client 'acme' and client 'other' have the same key; give each its own key
            gateway: {clients: [{}, {name: " ", key: "${HF_TOKEN}"}, {name: b, key: "${HF_TOKEN_2}"}, {name: b, key: k}, {name: c, key: " "}]}
            => @1: gateway.clients[0].name: this key is missing; each client needs it
            => @1: gateway.clients[0].key: this key is missing; each client needs it
            => @1: gateway.clients[1].name: this key is missing; each client needs it
            => @1: gateway.clients[2].key: a client without a name and client 'b' have the same key; give each its own key
            => @1: gateway.clients[3].name: another client has the name 'b' already
            => @1: gateway.clients[4].key: the key is empty
            client: key: "${HF_TOKEN}", wieght: 2, accounts: null
            => @3: gateway.clients[0].accounts: a value is missing
            => @3: gateway.clients[0].wieght: unknown key; did you mean 'weight'?
            client: key: "${file:/no/such/file}"
            => @3: gateway.clients[0].key: the file /no/such/file can't be read
            client: key: "${HF_TOKEN}", accounts: [hf-2], routes: [othe]
            => @3: gateway.clients[0].accounts[0]: no account named 'hf-2'; did you mean 'hf-1'?
            => @3: gateway.clients[0].routes[0]: no route named 'othe'; did you mean 'other'?
            client: key: "${HF_TOKEN}", weight: 1001
            => @3: gateway.clients[0].weight: expected a whole number from 1 to 1000, not '1001'
            client: key: "${HF_TOKEN}", weight: 4
            tenant-weights: {other: 2, acme: 4}
            => @3: gateway.clients[0].weight: tenant-weights.acme also sets this client's weight; remove one of the two
            client: key: "${HF_TOKEN}", accounts: [], routes: []
            => @3: gateway.clients[0].accounts: the list is empty; name one account or more, or remove the key to allow all
            => @3: gateway.clients[0].routes: the list is empty; name one route or more, or remove the key to allow all
            client: key: "${HF_TOKEN}", accounts: [hf-1], routes: [other]
            => @3: gateway.clients[0].accounts: no route that this client may use has an account that it may use
            gateway: {show-accounts: sometimes}
            => @1: gateway.show-accounts: expected true or false, not 'sometimes'
            gateway: {clients: {acme: {key: x}}}
            => @1: gateway.clients: expected a list, not keys; write, for example, [{name: interviews, key: "${INTERVIEWS_KEY}"}]
            client: key: "${HF_TOKEN}", limits: {requests: 60}
            => @3: gateway.clients[0].limits: expected a list, not keys; write, for example, [60 requests / 1m]
            prices:
              as-of: soon
              currency: usd
              prices: {groq: {prompt: 1}}
              tax: 1
            => @2: prices.as-of: expected a date such as 2026-11-25, not 'soon'
            => @4: prices.prices: expected a list, not keys; write, for example, [{provider: groq, model: openai/gpt-oss-20b, prompt: 0.05, completion: 0.2}]
            => @5: prices.tax: unknown key; known: as-of, currency, prices, stale-after-days
            prices: [a, b]
            => @1: prices: expected a single value
            plugins: [a]
            state: {a: b}
            => @1: plugins: expected a single value
            => @2: state: expected a single value
            prices: "a\\0b"
            => @1: prices: this isn't a valid path: Nul character not allowed
            prices: /no/such/prices.yaml
            => @1: prices: /no/such/prices.yaml: there is no such file
            cache-timeout: soon
            => @1: cache-timeout: 'soon' is not a duration such as 250ms, 30s, 5m, 1h, 1d, 1w
            cache-timeout: 999999999999d
            => @1: cache-timeout: '999999999999d' is longer than 3650d
            accounts:
            => @1: accounts: a value is missing
            accounts: []
            => @1: accounts: the list is empty; add an account, or remove the key to use the accounts from the environment
            accounts: [hf-1]
            => @1: accounts[0]: expected a list of accounts, such as [{id: hf-1, provider: huggingface, token: "${HF_TOKEN}"}]
            accounts:
              hf-1: {provider: groq}
              hf-2: {provider: groq}
            => @1: accounts: expected a list, not keys; write, for example, [{id: hf-1, provider: huggingface, token: "${HF_TOKEN}"}]
            account: limits: {requests: 1000}
            => @1: accounts[0].limits: expected a list, not keys; write, for example, [1000 requests / 1h]
            accounts:
            - {}
            => @2: accounts[0].id: this key is missing; each account needs it
            => @2: accounts[0].provider: this key is missing; each account needs it
            accounts:
            - id: " "
              provider:
            => @2: accounts[0].id: this key is missing; each account needs it
            => @3: accounts[0].provider: a value is missing
            accounts:
            - {id: a, provider: grok, base-url: x}
            => @2: accounts[0].provider: no provider named 'grok'; known: groq, huggingface; did you mean 'groq'?
            accounts:
            - {id: a, provider: zebra}
            => @2: accounts[0].provider: no provider named 'zebra'; known: groq, huggingface; its module (whippletree-provider-zebra, if it is part of Whippletree) isn't on the class path, or was merged into a jar without META-INF/services (merge them: shade plugin, ServicesResourceTransformer)
            accounts:
            - id: a
              provdier: groq
            => @2: accounts[0].provider: this key is missing; each account needs it
            => @3: accounts[0].provdier: unknown key; did you mean 'provider'?
            accounts:
            - {id: a, provider: groq, bill-to: x}
            => @2: accounts[0].bill-to: unknown key; known: base-url, credit, id, limit-scope, limits, max-concurrency, organization, provider, token, transit, weight
            accounts:
            - {id: a, provider: huggingface, base-url: wrong, weight: 0, bill-to: "wrong ${HF_TOKEN}"}
            - id: b
              provider: groq
              base-url: wrong too
            - {id: c, provider: grok, base-url: wrong}
            => @2: accounts[0].weight: expected a whole number, 1 or more, not '0'
            => @2: accounts[0].base-url: account a: base-url can't be 'wrong'
            => @2: accounts[0].bill-to: account a: bill-to can't be 'wrong ${HF_TOKEN}'
            => @5: accounts[1].base-url: account b: base-url can't be 'wrong too'
            => @6: accounts[2].provider: no provider named 'grok'; known: groq, huggingface; did you mean 'groq'?
            accounts:
            - {id: a, provider: groq}
            - {id: a, provider: huggingface}
            => @3: accounts[1].id: another account has the id 'a' already; give each account its own id
            account: model: m, weight: 2
            => @1: accounts[0].model: unknown key; routes name the models: 'routes: {default: {model: NAME}}'
            account: weight: 0, max-concurrency: 0, transit: 0s
            => @1: accounts[0].weight: expected a whole number, 1 or more, not '0'
            => @1: accounts[0].max-concurrency: expected a whole number, 1 or more, not '0'
            => @1: accounts[0].transit: '0s' is not a duration such as 250ms, 30s, 5m, 1h, 1d, 1w
            account: organization: {a: b}
            => @1: accounts[0].organization: expected a single value
            account: limits: [0/1h]
            => @1: accounts[0].limits[0]: a limit's amount must be 1 or more, not 0
            account: limits: [null, {limit: 5 / 1m, modell: m}, {limit: null}]
            => @1: accounts[0].limits[0]: a value is missing
            => @1: accounts[0].limits[1].modell: unknown key; did you mean 'model'?
            => @1: accounts[0].limits[2].limit: a value is missing
            account: limits: [many]
            => @1: accounts[0].limits[0]: 'many' is not a limit; write, for example, '1000 requests / 1h', '8000 tokens / 1m' or '5000 input-tokens / 1m'
            account: limits: [{limit: 1/0h}]
            => @1: accounts[0].limits[0].limit: a limit's window must be positive, not 0ms
            account: limits: [1000 requests / 200000d]
            => @1: accounts[0].limits[0]: a limit's window must be at most 106751d, not 200000d
            account: limits: [{model: m}]
            => @1: accounts[0].limits[0].limit: the limit is missing; write, for example, '1000 requests / 1h'
            account: credit: plenty
            => @1: accounts[0].credit: 'plenty' is not a credit; write, for example, '0.10 usd / month'
            account: limit-scope: account
            => @1: accounts[0].limit-scope: must be model or organization, not 'account'
            account: limits: [[1/1h]]
            => @1: accounts[0].limits[0]: expected a single value
            account: token: "${NONE}"
            => @1: accounts[0].token: the environment variable NONE isn't set
            account: token: "${EMPTY}"
            => @1: accounts[0].token: the environment variable EMPTY is empty
            account: token: ""
            => @1: accounts[0].token: the token is empty
            account: token: [hf_secret]
            => @1: accounts[0].token: expected a single value
            account: token: "Bearer ${HF_TOKEN}"
            => @1: accounts[0].token: a reference must be ${VARIABLE} or ${file:/path} alone
            account: token: "${file:/no/such/file}"
            => @1: accounts[0].token: the file /no/such/file can't be read
            accounts:
            - {id: a, provider: groq, token: "${HF_TOKEN}"}
            - {id: b, provider: groq, token: "${HF_TOKEN_2}"}
            => @3: accounts[1].token: accounts a and b have the same token (HF_TOKEN, HF_TOKEN_2); give each account its own token, or remove one of them
            account: base-url: "http://${NONE}/${GONE}"
            => @1: accounts[0].base-url: the environment variable NONE isn't set
            => @1: accounts[0].base-url: the environment variable GONE isn't set
            accounts: [{id: a, provider: groq}]
            routes: [a]
            => @2: routes: expected keys with values here
            accounts: [{id: a, provider: groq}]
            routes: {r: }
            => @2: routes.r: a value is missing
            route: tiers: []
            => @2: routes.r.tiers: add at least one tier
            route: aliases: {gpt-4o: r}, accounts: {a: 1}
            => @2: routes.r.accounts: expected a list, not keys; write, for example, [one, another]
            => @2: routes.r.aliases: expected a list, not keys; write, for example, [one, another]
            route: accounts: []
            => @2: routes.r.accounts: the list is empty; name one account or more, or remove the key to use all
            route: tiers: null, accounts: null
            => @2: routes.r.tiers: a value is missing
            => @2: routes.r.accounts: a value is missing
            route: modell: m, backoff: {firsd: 1s}, retry-budget: {shares: 1%}, accounts: null
            => @2: routes.r.accounts: a value is missing
            => @2: routes.r.backoff.firsd: unknown key; did you mean 'first'?
            => @2: routes.r.retry-budget.shares: unknown key; did you mean 'share'?
            => @2: routes.r.modell: unknown key; did you mean 'model'?
            route: tiers: {account: a, modell: m}
            => @2: routes.r.tiers: expected a list, not keys; write, for example, [{account: hf-1, model: openai/gpt-oss-20b}]
            route: tiers: [{account: a, modell: m}]
            => @2: routes.r.tiers[0].modell: unknown key; did you mean 'model'?
            route: tiers: [[]]
            => @2: routes.r.tiers[0]: a tier needs at least one target
            route: tiers: [a]
            => @2: routes.r.tiers[0]: expected keys with values here
            route: tiers: [[{model: m}]]
            => @2: routes.r.tiers[0][0].account: the account's id is missing; known: a
            route: tiers: [[{account: hf-1, model: m}]]
            => @2: routes.r.tiers[0][0].account: no account named 'hf-1'; known: a
            route: tiers: [[{account: a, model: m}, {account: a, model: m}]]
            => @2: routes.r.tiers[0][1]: the tier has this account and model twice
            route: model: m, tiers: [{account: a}]
            => @2: routes.r.tiers: a route has either tiers or a model and accounts, not both
            route: accounts: [b, a]
            => @2: routes.r.accounts[0]: no account named 'b'; known: a
            accounts: [{id: a, provider: groq}]
            default-route: x
            routes: {main: {}}
            => @2: default-route: no route named 'x'; known: main
            route: strategy: {name: round-robbin}
            => @2: routes.r.strategy.name: no strategy named 'round-robbin'; known: least-loaded, round-robin; did you mean 'round-robin'?
            route: strategy: {choices: 2}
            => @2: routes.r.strategy.name: the strategy's name is missing
            route: strategy: {name: least-loaded, choice: 2}
            => @2: routes.r.strategy.choice: unknown key; did you mean 'choices'?
            route: leave: 91%
            => @2: routes.r.leave: expected a percentage from 0% to 90%, not '91%'
            route: leave: 0.1
            => @2: routes.r.leave: expected a percentage from 0% to 90%, not '0.1'
            accounts: [{id: a, provider: groq}]
            routes: {r: {aliases: [s, x, r]}, s: {aliases: [x]}}
            => @2: routes.r.aliases[0]: a route already has the name or alias 's'
            => @2: routes.r.aliases[2]: a route already has the name or alias 'r'
            => @2: routes.s.aliases[0]: a route already has the name or alias 'x'
            route: ttl: never
            => @2: routes.r.ttl: 'never' is not a duration such as 250ms, 30s, 5m, 1h, 1d, 1w
            route: backoff: {first: 5s, most: 1s}
            => @2: routes.r.backoff: 'most' is shorter than 'first'
            route: max-tokens: 0, attempts: 0, retry-budget: {share: 120%, per-second: 0}
            => @2: routes.r.max-tokens: expected a whole number, 1 or more, not '0'
            => @2: routes.r.attempts: expected a whole number, 1 or more, not '0'
            => @2: routes.r.retry-budget.share: expected a percentage from 0% to 100%, not '120%'
            => @2: routes.r.retry-budget.per-second: expected a whole number, 1 or more, not '0'
            route: timeouts: {first: 1s}
            => @2: routes.r.timeouts.first: unknown key; known: between-tokens, first-byte, first-token, whole
            route: timeouts: {first-byte: 601s, first-token: 15m}
            => @2: routes.r.timeouts.first-byte: 10 min 1 s has no effect, because 'whole' ends each call after 10 min; make it shorter, or 'whole' longer
            => @2: routes.r.timeouts.first-token: 15 min has no effect, because 'whole' ends each call after 10 min; make it shorter, or 'whole' longer
            route: timeouts: {between-tokens: 11s, whole: 10s}
            => @2: routes.r.timeouts.between-tokens: 11 s has no effect, because 'whole' ends each call after 10 s; make it shorter, or 'whole' longer
            caches: [ehcahe]
            => @1: caches[0]: no cache named 'ehcahe'; known: ehcache, redis; did you mean 'ehcache'?
            caches: [ehcache, {name: redis, uri: wrong}]
            coordinator: {name: redis, uri: wrong}
            => @1: caches[1].uri: cache redis: uri can't be 'wrong'
            => @2: coordinator.uri: coordinator redis: uri can't be 'wrong'
            route: strategy: {name: least-loaded, choices: wrong}
            => @2: routes.r.strategy.choices: strategy least-loaded: choices can't be 'wrong'
            caches: [{uri: x}]
            => @1: caches[0].name: the cache's name is missing
            caches: [{name: redis, url: x}]
            => @1: caches[0].url: unknown key; did you mean 'uri'?
            caches: [redis, redis]
            => @1: caches[1]: the cache 'redis' is listed twice
            caches: {ehcache: {heap: 64MB}}
            => @1: caches: expected a list, not keys; write, for example, [ehcache, {name: redis, uri: "redis://localhost"}]
            """;

    static Stream<Arguments> mistakes() {
        List<Arguments> mistakes = new ArrayList<>();
        StringBuilder yaml = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (String line : (MISTAKES + "end").lines().toList()) {
            if (line.startsWith("=> ")) {
                expected.add(line.substring(3)
                        .replaceFirst("^@(\\d+)", "f.yaml, line $1")
                        .replaceFirst("^@", "f.yaml"));
                continue;
            }
            if (!expected.isEmpty()) {
                mistakes.add(arguments(document(yaml.toString().stripTrailing()), List.copyOf(expected)));
                yaml.setLength(0);
                expected.clear();
            }
            yaml.append(line).append('\n');
        }
        return mistakes.stream();
    }

    private static String document(String yaml) {
        return yaml.replaceFirst("(?s)^account: (.*)", "accounts: [{id: a, provider: groq, $1}]")
                .replaceFirst("^route: (.*)", "accounts: [{id: a, provider: groq}]\nroutes: {r: {$1}}")
                .replaceFirst("^client: (.*)", """
                    accounts: [{id: hf-1, provider: groq}, {id: gq-1, provider: groq}]
                    routes: {main: {accounts: [hf-1]}, other: {accounts: [gq-1]}}
                    gateway: {clients: [{name: acme, $1}]}\
                    """);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistake_isToldInTheseLines(String yaml, List<String> expected) {
        ConfigurationException problem = problem(yaml);

        assertThat(problem.problems()).containsExactlyElementsOf(expected);
        assertThat(problem.toString()).doesNotContain("hf_secret");
    }

    @Test
    void allMistakes_areToldAtOnce() {
        String yaml = """
                accounts:
                  - id: a
                    provider: grok
                    weight: none
                  - id: a
                    provider: groq
                    tokn: x
                routes:
                  r: {patience: x}
                cachs: []
                """;

        assertThat(problem(yaml).problems())
                .extracting(line -> line.replaceAll("^(.*?: .*?): .*", "$1"))
                .containsExactly(
                        "f.yaml, line 3: accounts[0].provider",
                        "f.yaml, line 4: accounts[0].weight",
                        "f.yaml, line 5: accounts[1].id",
                        "f.yaml, line 7: accounts[1].tokn",
                        "f.yaml, line 9: routes.r.patience",
                        "f.yaml, line 10: cachs");
    }

    private static ConfigurationException problem(String yaml) {
        ConfigurationReader reader = new ConfigurationReader(
                Plugins.KNOWN,
                ENVIRONMENT,
                () -> List.of(AccountSettings.of(
                        "e", "groq", Optional.of(Secret.of("gsk_secret")), Settings.none("account e"))),
                List.of());
        return catchThrowableOfType(ConfigurationException.class, () -> reader.read("f.yaml", yaml));
    }
}

package dev.whippletree.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.cli.ShellTest;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PlanCommandTest extends ShellTest {

    private static final String ACCOUNTS = "huggingface:2x100/h";

    @Test
    void interviewsThatFit_areSaidToHold() {
        shell.succeeds("plan", "--interviews", "20", "--accounts", ACCOUNTS);
        assertThat(shell.out())
                .startsWith(
                        "Yes, 20 interviews (340 prompts) will be answered within 1 h if 80 % of the\nquestions repeat.\n")
                .contains("340", "68", "80.0 %", "34.0 %", "huggingface-1", "In minute 1", "What if", "Cost unknown")
                .doesNotContain("\u001b", "0.00 usd");
        assertThat(shell.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void interviewsThatDontFit_areSaidNotTo_andExitWith1() {
        assertThat(shell.run("plan", "--interviews", "20,200", "--accounts", ACCOUNTS, "--no-advice"))
                .isEqualTo(1);
        assertThat(shell.out())
                .startsWith("Yes for 20; no for 200 interviews within 1 h if 80 % of the questions repeat.");
    }

    @Test
    void options_reachThePlan() {
        shell.line("plan --accounts groq:1x100/h --interviews 3,2 --questions 2 --repeat 78.2% --for 2h --minutes 3"
                + " --over 4m --wait 30s --tokens 60/50 --max-tokens 70 --latency 800ms --strategy in-order --leave 90%"
                + " --seed 9223372036854775807 --no-advice --json");
        JsonNode plan = JsonMapper.shared().readTree(shell.out());
        assertThat(plan.get("request").toString())
                .isEqualTo("{\"interviews\":[3,2],\"questions\":2,\"repeat\":0.782,\"prompt_tokens\":60,"
                        + "\"answer_tokens\":50,\"max_tokens\":70,\"interview_ms\":180000,\"starts_over_ms\":240000,"
                        + "\"mean_latency_ms\":800,\"horizon_ms\":7200000,\"longest_wait_ms\":30000,"
                        + "\"strategy\":\"in-order\",\"seed\":9223372036854775807}");
        assertThat(plan.get("assumptions").toString())
                .contains("give or take 20 %", "batch prompts, which leave 90 % of each limit");
        Shell bank = new Shell(folder);
        assertThat(bank.line("plan --distinct 7 --repeat 0")).isEqualTo(2);
        assertThat(bank.err()).contains("--repeat", "--distinct", "give one of them");
        bank.line("plan --accounts groq:1x100/h --interviews 2 --distinct 7 --json");
        assertThat(JsonMapper.shared()
                        .readTree(bank.out())
                        .at("/request/distinct")
                        .asInt())
                .isEqualTo(7);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void report_isWrittenNamedAndItsOwnersAlone_andItsChartsGoBySeconds() throws Exception {
        shell.succeeds("plan", "--interviews", "20", "--accounts", ACCOUNTS, "--no-advice", "--report", "plan.html");

        assertThat(shell.err()).contains("plan.html");
        assertThat(Files.readString(folder.resolve("plan.html")))
                .startsWith("<!doctype html>")
                .contains("</html>")
                .containsPattern("\"seconds\":\\[\\{\"minute\":1,.*\\{\"minute\":15,");
        assertThat(Files.getPosixFilePermissions(folder.resolve("plan.html")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void configuration_isPlannedForWithItsPricesAndCredit() {
        shell.file("prices.yaml", """
                as-of: 2026-11-01
                currency: usd
                stale-after-days: 36500
                prices: [{provider: scripted, model: openai/gpt-oss-20b, prompt: 100, completion: 500}]
                """);
        shell.file("whippletree.yaml", """
                prices: prices.yaml
                accounts:
                  - {id: <script>, provider: scripted, limits: [100/h], credit: 10 usd / month}
                """);
        shell.succeeds("plan", "--interviews", "20", "--no-advice", "--report", "plan.html");
        // 68 calls of 300 and 200 tokens: 2.04 + 6.80.
        assertThat(shell.out().replace('\n', ' '))
                .contains("8.84 usd", "<script> may spend 10 usd / month: a run takes 89.5 % of it");
        assertThat(folder.resolve("plan.html"))
                .content()
                .doesNotContain("<script> may", "\"<script>\"")
                .contains("\\u003cscript> may spend 10 usd / month");
    }

    @Test
    void providerThatTheCommandBringsAlong_canBePlannedFor() {
        shell.succeeds("plan", "--interviews", "1", "--accounts", "scripted:1x100/h", "--no-advice");
        assertThat(shell.out()).startsWith("Yes, 1 interview ").contains("scripted-1");
    }

    @Test
    void fileOfPrompts_isRefusedWithAllOfItsProblems() {
        shell.file("p.jsonl", """
                {"custom_id": "a", "body": {"messages": [{"role": "user", "content": "Hello"}]}}
                {"custom_id": "b"}
                {"body": {"messages": [{"role": "user", "content": "Hello"}]}}
                """);
        assertThat(shell.run("plan", "--accounts", ACCOUNTS, "--prompts", "p.jsonl"))
                .isEqualTo(2);
        assertThat(shell.err()).contains("p.jsonl:2: ", "p.jsonl:3: ").doesNotContain("p.jsonl:1: ", "\tat ");
        assertThat(shell.err().lines()).allMatch(line -> line.startsWith("whippletree: "));
        assertThat(shell.out()).isEmpty();
    }

    /** Two prompts at once, and one of them again after ten minutes. */
    private void trace() {
        shell.file("trace.jsonl", """
                {"at":"2026-12-01T09:00:00Z","took_ms":900,"key":"a","prompt_tokens":300,"completion_tokens":100}
                {"at":"2026-12-01T09:00:00Z","took_ms":900,"key":"b","prompt_tokens":300,"completion_tokens":60}
                {"at":"2026-12-01T09:10:00Z","took_ms":2,"key":"a","prompt_tokens":300,"completion_tokens":100}
                """);
    }

    @Test
    void traceThatFits_isSaidToHold_withItsHitRateAndItsTimes() {
        trace();
        shell.succeeds("plan", "--trace", "trace.jsonl", "--accounts", ACCOUNTS);
        assertThat(shell.out())
                .startsWith("Yes, 3 prompts will be answered within 71 min.")
                .contains("33.3 %", "No prompt would have waited for a second.", "one more account")
                .contains("The prompts are the trace's: 33.3 % of them repeat another one.");
        assertThat(shell.err()).contains("trace.jsonl: 3 prompts, 2 of them different", "within 10 m 00 s");
    }

    @Test
    void traceThatWouldHaveWaited_isSaidNotToHold_andExitsWith1() {
        trace();
        assertThat(shell.line("plan --trace trace.jsonl --accounts huggingface:1x1/h --wait 5m --no-advice"))
                .isEqualTo(1);
        assertThat(shell.out().replace('\n', ' '))
                .startsWith("No, not all of 3 prompts will be answered within 16 min.");
    }

    /** As those of coding agents; no model takes as much as the second has. */
    @Test
    void traceOfLongPrompts_isPlanned() {
        shell.file("trace.jsonl", """
                {"at":"2026-12-01T09:00:00Z","key":"a","prompt_tokens":150000,"completion_tokens":100}
                {"at":"2026-12-01T09:00:00Z","key":"b","prompt_tokens":3000000,"completion_tokens":100}
                """);
        shell.succeeds("plan", "--trace", "trace.jsonl", "--accounts", ACCOUNTS, "--no-advice");
        assertThat(shell.err()).contains("about 1,075,000 tokens a call");
    }

    @Test
    void traceAsJson_hasItsStart() {
        trace();
        shell.line("plan --trace trace.jsonl --accounts huggingface:1x100/h --no-advice --json");
        JsonNode plan = JsonMapper.shared().readTree(shell.out());
        assertThat(plan.at("/request/trace_start").asString()).isEqualTo("2026-12-01T09:00:00Z");
        assertThat(plan.at("/request/answer_tokens").asInt()).isEqualTo(87);
        assertThat(plan.at("/request/longest_wait_ms").asInt()).isEqualTo(3_600_000);
        assertThat(plan.at("/sizes/0/hit_rate").asDouble()).isBetween(0.33, 0.34);
    }

    @Test
    void traceThatIsMissing_isRefused_andSoAreOptionsThatDrawPrompts() {
        trace();
        assertThat(shell.line("plan --accounts huggingface:1x100/h --trace trace.jsonl --over 5m"))
                .isEqualTo(2);
        assertThat(shell.err()).contains("--trace has its own prompts and times: leave out");
        Shell missing = new Shell(folder);
        assertThat(missing.line("plan --accounts huggingface:1x100/h --trace none"))
                .isEqualTo(2);
        assertThat(missing.err()).contains("--trace: there is no ").doesNotContain("\tat ");
    }

    @Test
    void dayThatMayBeCountedInTwoWays_exitsWith8() {
        assertThat(shell.line("plan --interviews 25 --accounts groq:3x10/d --for 2d --no-advice"))
                .isEqualTo(8);
        assertThat(shell.out()).startsWith("It depends: tight if groq's 10 requests / 1d refill gradually");
    }

    @Test
    void waitsThatArentSimulated_areUnknown_andExitWith8() {
        assertThat(shell.line("plan --interviews 40000 --wait 1s --accounts openai:5x200/min --for 24h"))
                .isEqualTo(8);
        assertThat(shell.out().replace('\n', ' '))
                .startsWith("Unknown: how long prompts wait isn't known; if none waits too long, the answer is yes, by"
                        + " arithmetic alone, because 680,000 prompts take 136,000 calls and the accounts allow"
                        + " 1,440,000. Plan for fewer interviews, which can be simulated.");
    }

    @Test
    void accountsWithoutLimits_areUnknown_andExitWith8() {
        shell.file("whippletree.yaml", """
                accounts: [{id: hf-1, provider: scripted}, {id: hf-2, provider: scripted}]
                """);
        assertThat(shell.run("plan", "--interviews", "20", "--no-advice")).isEqualTo(8);
        assertThat(shell.out())
                .startsWith("Unknown: hf-1 and hf-2 declare no limits; if there really are none, the answer\n"
                        + "is yes. Try --accounts scripted:2x1000/h\n\n")
                .doesNotContain(" 0.0 %", "Yes", "Nothing binds", "Fewest accounts", "What if");
    }

    @Test
    @Tag("slow")
    void accountWithoutLimits_thatIsNeverAsked_changesNothing() {
        shell.file("whippletree.yaml", """
                accounts:
                  - {id: hf-1, provider: scripted, limits: [1000 requests / 1h]}
                  - {id: spare, provider: scripted}
                routes: {default: {tiers: [[{account: hf-1, model: m}], [{account: spare, model: m}]]}}
                """);
        shell.succeeds("plan", "--interviews", "20", "--no-advice");
        assertThat(shell.out()).startsWith("Yes, 20 interviews");
        assertThat(shell.run("plan", "--interviews", "2000", "--no-advice")).isEqualTo(8);
        assertThat(shell.out())
                .contains(
                        "spare declares no limits; if there really are none, the answer is yes",
                        "limits: [1000 requests / 1h]");
    }

    @Test
    void withoutAnyAccount_saysHowToNameSome() {
        assertThat(shell.run("plan")).isEqualTo(2);
        assertThat(shell.err())
                .contains("there are no accounts to plan for")
                .contains("--accounts huggingface:2x1000/h");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --interviews=abc               | abc' is not a whole number
            --interviews=1.5               | 1.5' is not a whole number
            --interviews=0                 | --interviews is 1 or more, not 0
            --interviews=2147483648        | too large a number; at most 2147483647 will do
            --seed=9223372036854775808     | too large a number; at most 9223372036854775807 will do
            --interviews=                  | is not a whole number
            --questions=0                  | questions, not 0
            --repeat=120%                  | 0% to 100%, not 120%
            --repeat=80                    | for a percentage write 80%
            --repeat=often                 | often' is not a share
            --distinct=0                   | 1 or more questions, not 0
            --minutes=0                    | --minutes is 1 or more, not 0
            --minutes=90                   | look further ahead
            --leave=95%                    | --leave is 0% to 90%
            --conversation                 | --conversation needs a file with sessions
            --for=tomorrow                 | tomorrow' is not a duration such as 250ms, 30s, 5m, 1h, 1d, 1w
            --for=400d                     | at most 31 days, not 400 d
            --tokens=300                   | write, for example, 300/200
            --tokens=0/0                   | tokens, not 0
            --latency=soon                 | is not a latency
            --strategy=best                | --strategy:
            --prices=none.yaml             | none.yaml: there is no such file
            --report=no/such/plan.html     | there is no such folder
            --report=.                     | this is a folder
            --seed=x                       | x' is not a whole number
            """)
    void valueThatCantBeUsed_exitsWith2AndOneClearLine(String option, String message) {
        assertThat(shell.run("plan", "--accounts", ACCOUNTS, option)).isEqualTo(2);
        assertThat(shell.err()).contains(message).doesNotContain("\tat ");
        assertThat(shell.err().lines().count()).isLessThanOrEqualTo(2);
        assertThat(shell.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            huggingface:2x0/h         | a limit of 0
            huggingface:0x1000/h      | not 0
            huggingface:2x            | --accounts:
            2x1000/h                  | --accounts:
            ''                        | there are no accounts
            nonesuch:2x1000/h         | --accounts:
            """)
    void accountsThatCantBeUsed_exitWith2AndOneClearLine(String accounts, String message) {
        assertThat(shell.run("plan", "--accounts", accounts)).isEqualTo(2);
        assertThat(shell.err()).contains(message).doesNotContain("\tat ");
        assertThat(shell.err().lines().count()).isEqualTo(1);
    }

    @Test
    void optionsThatContradict_areRefused() {
        shell.file("w.yaml", "");
        assertThat(shell.run("plan", "--accounts", ACCOUNTS, "--config", "w.yaml"))
                .isEqualTo(2);
        assertThat(shell.err()).contains("--accounts and --config");
    }

    @Test
    void modelThatNoRouteTakes_isAMistake() {
        shell.file("whippletree.yaml", """
                accounts: [{id: one, provider: scripted, limits: [100/h]}]
                routes: {default: {tiers: [[{account: one, model: m}]]}}
                """);
        assertThat(shell.run("plan", "--model", "other")).isEqualTo(2);
        assertThat(shell.err()).contains("--model other has no effect");
    }

    @Test
    void boundAndDeadlineOfTheRoute_areThoseOfThePlan() {
        shell.file("whippletree.yaml", """
                accounts: [{id: one, provider: groq, token: secret, limits: [100/h, 1000000 tokens / 1h]}]
                routes: {default: {deadline: 5m, max-tokens: 600}}
                """);
        shell.succeeds("plan", "--interviews", "20", "--no-advice");
        assertThat(shell.out().replace("\n  ", " "))
                .contains("Groq counts 600 for each", "A prompt fails after 5 min, the deadline of route default");
    }
}

package dev.whippletree.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PlanCommandTest {

    private static final String ACCOUNTS = "huggingface:2x100/h";

    @TempDir
    private Path folder;

    private Shell shell;

    @BeforeEach
    void openShell() {
        shell = new Shell(folder);
    }

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
    void leavingATenth_isPlannedForBatch() {
        String[] plan = {"plan", "--interviews", "55", "--accounts", ACCOUNTS, "--no-advice", "--leave", "10%"};
        assertThat(shell.run(plan)).isEqualTo(1);
        assertThat(shell.out())
                .startsWith("No, not all of 55 interviews")
                .containsPattern("batch\\s+prompts,\\s+which\\s+leave\\s+10\\s+%");
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
    void above90Percent_isTight_andExitsWith0() {
        shell.succeeds("plan", "--interviews", "55", "--accounts", ACCOUNTS, "--no-advice");
        assertThat(shell.out()).startsWith("Tight: 55 interviews (935 prompts)").contains("93.5 %");
    }

    @Test
    void json_saysEverythingAndNothingElse() {
        shell.succeeds("plan", "--interviews", "20", "--accounts", ACCOUNTS, "--json");
        JsonNode plan = JsonMapper.shared().readTree(shell.out());
        assertThat(plan.get("holds").asString()).isEqualTo("yes");
        JsonNode size = plan.at("/sizes/0");
        assertThat(size.get("prompts").asInt()).isEqualTo(340);
        assertThat(size.get("calls").asInt()).isEqualTo(68);
        assertThat(size.get("load").asDouble()).isEqualTo(0.34);
        assertThat(size.at("/accounts/1/calls").asInt()).isEqualTo(34);
        assertThat(size.at("/timeline/0/minute").asInt()).isEqualTo(1);
        assertThat(size.at("/cost/models/0").has("run")).isFalse();
    }

    @Test
    void sameSeed_givesTheSamePlan() {
        shell.run("plan", "--interviews", "20", "--accounts", ACCOUNTS, "--json", "--seed", "7");
        Shell again = new Shell(folder);
        again.run("plan", "--interviews", "20", "--accounts", ACCOUNTS, "--json", "--seed", "7");
        assertThat(again.out()).isEqualTo(shell.out());
    }

    @Test
    void promptsThatAreNeverAnswered_waitInTheTimelineToo() {
        shell.line("plan --interviews 200 --over 50m --accounts huggingface:2x200/h --json --no-advice");
        JsonNode size = JsonMapper.shared().readTree(shell.out()).at("/sizes/0");
        JsonNode timeline = size.get("timeline");
        assertThat(timeline.get(timeline.size() - 1).get("worst_waited_ms").asLong())
                .isEqualTo(size.at("/waiting/worst_ms").asLong())
                .isGreaterThan(2_000_000);
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

    /**
     * Calls at 0.13 usd each, all of them in the first minute: 68 at once, or 17 one after the other, of which the
     * fifth uses up the last cent.
     */
    @ParameterizedTest
    @CsvSource({"20, 80%, 1 usd / month", "1, 0%, 0.65 usd / month"})
    void creditThatRunsOut_doesSoInTheMinuteOfItsLastCall(String interviews, String repeat, String credit) {
        shell.file("prices.yaml", """
                as-of: 2026-11-01
                currency: usd
                stale-after-days: 36500
                prices: [{provider: scripted, model: openai/gpt-oss-20b, prompt: 100, completion: 500}]
                """);
        shell.file("whippletree.yaml", """
                prices: prices.yaml
                accounts:
                  - {id: one, provider: scripted, limits: [100/h], credit: %s}
                """.formatted(credit));
        shell.run("plan", "--interviews", interviews, "--repeat", repeat, "--no-advice", "--json");
        JsonNode plan = JsonMapper.shared().readTree(shell.out());
        assertThat(plan.findValue("runs_out_in_minute").asInt()).isEqualTo(1);
    }

    @Test
    void waitThatIsLongerThanAcceptable_isRefused() {
        String[] plan = {
            "plan", "--interviews", "20", "--accounts", "huggingface:1x40/min", "--for", "10m", "--no-advice", "--wait"
        };
        assertThat(shell.run(with(plan, "5m"))).as(shell.out()).isZero();
        Shell impatient = new Shell(folder);
        assertThat(impatient.run(with(plan, "30s"))).isNotZero();
        assertThat(impatient.out()).startsWith("No").contains("longer than the acceptable 30.0 s");
    }

    private static String[] with(String[] arguments, String last) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = last;
        return all;
    }

    @Test
    void dayThatMayBeCountedInTwoWays_isAnsweredForBoth_andExitsWith8() {
        String[] plan = {
            "plan",
            "--interviews",
            "100",
            "--accounts",
            "groq:3x40/d",
            "--for",
            "2d",
            "--no-advice",
            "--report",
            "p.html"
        };
        assertThat(shell.run(plan)).isEqualTo(8);
        assertThat(shell.out().replace('\n', ' '))
                .startsWith("It depends: tight if groq's 40 requests / 1d refill gradually (longest wait ")
                .contains(
                        "), no if they are counted by the day; that is for 100 interviews (1,700 prompts) within 2 d"
                                + " if 80 % of the questions repeat. If groq's",
                        "If they are counted by the day, ", "depends");
        Shell json = new Shell(folder);
        assertThat(json.run(with(plan, "--json"))).isEqualTo(8);
        JsonNode tree = JsonMapper.shared().readTree(json.out());
        assertThat(tree.get("holds").asString()).isEqualTo("depends");
        assertThat(tree.get("conditions").asString()).isEqualTo("within 2 d if 80 % of the questions repeat");
        assertThat(tree.at("/sizes/0/holds").asString()).isEqualTo("depends");
        assertThat(tree.at("/sizes/0/otherwise/holds").asString()).isEqualTo("tight");
    }

    @Test
    void accountsWithoutLimits_mayBeTyped_andAreToldWhatToTry() {
        assertThat(shell.run("plan", "--interviews", "20", "--accounts", "groq:3", "--no-advice"))
                .isEqualTo(8);
        assertThat(shell.out())
                .startsWith("Unknown: groq-1, groq-2 and groq-3 declare no limits")
                .contains("Try --accounts groq:3x30/min+1000/d+8000tok/min+200000tok/d");
    }

    @Test
    void accountsWithoutLimits_areUnknown_andExitWith8() {
        shell.file("whippletree.yaml", """
                accounts: [{id: hf-1, provider: scripted}, {id: hf-2, provider: scripted}]
                """);
        assertThat(shell.run("plan", "--interviews", "20", "--no-advice")).isEqualTo(8);
        assertThat(shell.out())
                .startsWith("Unknown: hf-1 and hf-2 declare no limits; without limits, the answer is yes. Try\n"
                        + "--accounts scripted:2x1000/h\n\n")
                .contains("scripted (no limits): unknown, because it declares no limits")
                .doesNotContain(" 0.0 %", "Yes", "Nothing binds");
        Shell json = new Shell(folder);
        assertThat(json.run("plan", "--interviews", "20,40", "--no-advice", "--json"))
                .isEqualTo(8);
        JsonNode plan = JsonMapper.shared().readTree(json.out());
        assertThat(plan.get("holds").asString()).isEqualTo("unknown");
        assertThat(plan.at("/sizes/1/holds").asString()).isEqualTo("unknown");
        assertThat(plan.get("answer").asString())
                .isEqualTo("Unknown for 20 and 40 interviews within 1 h if 80 % of the questions repeat.");
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
                        "spare declares no limits; without limits, the answer is yes", "limits: [1000 requests / 1h]");
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
            --for=400d                     | 31 days
            --tokens=300                   | write, for example, 300/200
            --tokens=0/0                   | tokens, not 0
            --latency=soon                 | is not a latency
            --strategy=best                | no strategy named 'best'
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
            nonesuch:2x1000/h         | nonesuch
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
    void aMillionInterviewsOnOneAccount_areDecidedAtOnce() {
        assertThat(shell.run("plan", "--interviews", "1000000", "--accounts", "huggingface:1x1000/h"))
                .isEqualTo(1);
        assertThat(shell.out())
                .startsWith("No, not all of 1,000,000 interviews (17,000,000 prompts)")
                .contains("at least 3,400, at", "(by arithmetic")
                .containsPattern("any one account lost +no +0 +– ")
                .doesNotContain("Account  ");
        assertThat(shell.out().lines()).allMatch(line -> line.length() <= 80);
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

    @Test
    void routeWithoutMaximum_isPlannedWithWhatGroqIsTakenToAssume() {
        shell.file("whippletree.yaml", """
                accounts: [{id: groq-1, provider: groq, token: secret, limits: [100/h, 1000000 tokens / 1h]}]
                """);
        shell.succeeds("plan", "--interviews", "20", "--no-advice");
        Shell typed = new Shell(folder);
        typed.run("plan", "--interviews", "20", "--no-advice", "--accounts", "groq:1x100/h+1000000tok/h");
        assertThat(typed.out()).as("the same accounts, typed").isEqualTo(shell.out());
        assertThat(shell.out().replaceAll("\\s+", " "))
                .contains(
                        "answers 200, Groq counts 1,024 for an answer",
                        "Groq counts 1,024 for each, its max_tokens or what it is taken to assume without one");
    }
}

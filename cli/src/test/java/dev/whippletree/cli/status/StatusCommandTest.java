package dev.whippletree.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.ScriptedProvider;
import dev.whippletree.cli.Shell;
import dev.whippletree.cli.ShellTest;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Reach;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class StatusCommandTest extends ShellTest {

    @BeforeEach
    void addAccount() {
        shell.withAccount();
    }

    @Test
    void board_isPrintedWithoutAnyCall() {
        shell.succeeds("status");
        assertThat(shell.out()).startsWith("Whippletree").contains("scripted-1").contains("0 made");
        assertThat(shell.provider.asked).isEmpty();
    }

    @Test
    void json_canBeParsed() {
        shell.succeeds("status", "--json");
        assertThat(JsonMapper.shared()
                        .readTree(shell.out())
                        .at("/accounts/0/id")
                        .asString())
                .isEqualTo("scripted-1");
    }

    @Test
    void coordinatorThatCannotBeReached_isShownWithTheReason() {
        shell.file("whippletree.yaml", """
                accounts: [{id: one, provider: scripted, limits: [10 requests / 1h]}]
                routes: {default: {accounts: [one], model: m}}
                coordinator: {name: redis, uri: "redis://127.0.0.1:1"}
                """);

        shell.succeeds("status");

        assertThat(shell.out()).contains("redis (cut off)").contains("Redis at 127.0.0.1:1 ");
    }

    @Test
    void probe_spendsOneCallOfOneTokenAnAccountAndSaysSo() {
        shell.succeeds("status", "--probe");
        assertThat(shell.err())
                .contains("one call of one token on each of 1 account")
                .contains("✓ scripted-1");
        assertThat(shell.provider.asked).hasSize(1);
        Prompt prompt = shell.provider.asked.get(0);
        assertThat(prompt.messages()).containsExactly(Message.user("Hello"));
        assertThat(prompt.parameters().maxTokens()).isEqualTo(OptionalInt.of(1));
        assertThat(prompt.deadline()).contains(Duration.ofSeconds(30));
        assertThat(List.of(prompt.cache().read(), prompt.cache().store())).containsOnly(false);
        assertThat(shell.out()).contains("1 made");
    }

    @Test
    void probe_isPricedByTheListTheConfigurationNames() {
        shell.file("whippletree.yaml", "prices: prices.yaml").file("prices.yaml", """
                        as-of: 2026-11-01
                        currency: eur
                        stale-after-days: 36500
                        prices: [{provider: scripted, model: openai/gpt-oss-20b, prompt: 1000, completion: 2000}]
                        """);
        shell.succeeds("status", "--probe");
        assertThat(shell.out()).contains("0.0280 eur").contains("By the prices of 2026-11-01");
    }

    @Test
    void priceListThatIsntThere_isAMistakeOfTheConfiguration() {
        shell.file("whippletree.yaml", "prices: prices.yaml");
        assertThat(shell.run("status")).isEqualTo(2);
        assertThat(shell.err()).contains("prices.yaml: there is no such file");
    }

    @Test
    void probeOfABadToken_exitsWith3AndShowsWhy() {
        shell.provider.failure = Optional.of(Failure.of(FailureKind.UNAUTHORIZED, "Invalid credentials"));
        assertThat(shell.run("status", "--probe")).isEqualTo(3);
        assertThat(shell.err())
                .contains("  ✗ scripted-1: token refused: Invalid credentials; check SCRIPTED_TOKEN\n")
                .doesNotContain("nobody knows");
        assertThat(shell.out()).contains("off");
    }

    @Test
    void probe_goesOnAfterABadAccount_byTheRouteOfEach_andExitsWith3() {
        shell.file("whippletree.yaml", """
                accounts: [{id: a, provider: scripted, token: x}, {id: b, provider: scripted, token: y}]
                routes: {first: {accounts: [a], model: one}, second: {accounts: [b], model: two}}
                """);
        shell.provider.scripts.add(sink -> sink.failed(Failure.of(FailureKind.UNAUTHORIZED, "Invalid credentials")));

        assertThat(shell.run("status", "--probe")).isEqualTo(3);

        assertThat(shell.err())
                .contains("on each of 2 accounts", "  ✗ a: token refused: Invalid credentials", "  ✓ b answered in");
        assertThat(shell.provider.models).containsExactly("one", "two");
    }

    @Test
    void probeOfAnAccountWithoutAToken_saysThatNoneIsSet() {
        shell.file("whippletree.yaml", "accounts: [{id: one, provider: scripted}]");
        shell.provider.failure = Optional.of(Failure.of(FailureKind.UNAUTHORIZED, "who are you?"));
        assertThat(shell.run("status", "--probe")).isEqualTo(3);
        assertThat(shell.err()).contains("  ✗ one: no token is set: who are you?");
    }

    private void keepState(String limit) throws IOException {
        Files.createDirectory(folder.resolve("kept"));
        shell.file("whippletree.yaml", """
                state: kept
                caches: []
                accounts: [{id: one, provider: scripted, token: "${SCRIPTED_TOKEN}", limits: [%s]}]
                """.formatted(limit));
    }

    @Test
    void stateFolder_tellsWhatIsLeftAfterOtherRuns_withoutACall() throws IOException {
        keepState("10 requests / 1d");
        for (int run = 0; run < 3; run++) {
            shell.succeeds("ask", "Hello");
        }
        Shell later = new Shell(folder).withAccount();
        later.succeeds("status");
        assertThat(later.out()).containsPattern("7 +█+░+ +of 10 requests / 1d");
        assertThat(later.err()).isEmpty();
        assertThat(later.provider.asked).isEmpty();
    }

    @Test
    void limitThatIsUsedUp_isShownWithTheTime() throws IOException {
        keepState("1 requests / 1d");
        shell.succeeds("ask", "Hello");
        Shell later = new Shell(folder).withAccount();
        assertThat(later.run("ask", "Hello")).isEqualTo(3);
        assertThat(later.err()).contains("there would be room at");
        later.succeeds("status");
        assertThat(later.out()).contains("busy until").contains("its limit of 1 requests is used up");
        assertThat(later.provider.asked).isEmpty();
    }

    @Test
    void accountThatWasOff_staysOffUntilAProbeFindsItMended() throws IOException {
        keepState("10 requests / 1d");
        shell.provider.failure = Optional.of(Failure.of(FailureKind.QUOTA_EXHAUSTED, "no credit left"));
        assertThat(shell.run("ask", "Hello")).isEqualTo(3);
        assertThat(shell.err()).contains("no credit left").doesNotContain("; check ");
        Shell mended = new Shell(folder).withAccount();
        mended.succeeds("status");
        assertThat(mended.out()).contains("         off").contains("no credit left");
        assertThat(mended.provider.asked).isEmpty();
        mended.succeeds("status", "--probe");
        mended.succeeds("ask", "Hello");
    }

    /** A service's Retry-After holds for a probe too. It was announced, and not made without a word. */
    @Test
    void probeOfAnAccountThatALimitCloses_saysThatNoCallWasMade() throws IOException {
        keepState("10 requests / 1d");
        shell.provider.failure = Optional.of(new Failure(
                FailureKind.RATE_LIMITED,
                "slow down",
                OptionalInt.of(429),
                Optional.empty(),
                Optional.of(Duration.ofHours(1)),
                Reach.ACCOUNT));
        assertThat(shell.run("ask", "Hello")).isEqualTo(3);
        Shell later = new Shell(folder).withAccount();
        assertThat(later.run("status", "--probe")).isEqualTo(3);
        assertThat(later.err())
                .contains("on each of 1 account, unless a limit closes it")
                .containsPattern("  ✗ one: no call was made: slow down; there would be room at 20");
        assertThat(later.provider.asked).isEmpty();
    }

    @Test
    void replacedToken_isTriedAtOnce() throws IOException {
        keepState("10 requests / 1d");
        shell.provider.failure = Optional.of(Failure.of(FailureKind.UNAUTHORIZED, "token refused"));
        assertThat(shell.run("ask", "Hello")).isEqualTo(3);
        Shell same = new Shell(folder).withAccount();
        same.succeeds("status");
        assertThat(same.out()).contains("token refused");
        Shell replaced = new Shell(folder).variable(ScriptedProvider.VARIABLE, "another");
        replaced.succeeds("ask", "Hello");
        assertThat(folder.resolve("kept/state.json")).content().doesNotContain("sesame", "another");
    }
}

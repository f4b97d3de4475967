package dev.whippletree.terminal.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.AccountStatus;
import dev.whippletree.model.StatusSnapshot.Tenant;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.status.Bill;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusBoardTest {

    private final StatusBoard board = new StatusBoard(ZoneOffset.UTC, new Screen(false, 100));

    @Test
    void busySnapshot_isPrintedInFull() {
        assertThat(String.join("\n", board.lines(Snapshots.busy()))).isEqualTo("""
                        Whippletree                                                           14:03:22 · up 4 m 12 s
                        ────────────────────────────────────────────────────────────────────────────────────────────
                        Prompts   6,800 of 8,500 answered   99.9 % success · 3 failed · 2 cancelled · 1,695 under way
                        No call   76.6 % of answers         4,400 from cache · 812 joined another's call
                        Calls     1,589 made                43 in flight · 1,204 waiting in line
                        Speed     1,618.3 prompts a minute  480 sessions active
                        Response  mean 1.5 s                p95 4.2 s
                        Tokens    83,200                    64,000 prompt · 19,200 completion

                        Account  Provider     State  Calls   Share  In flight    Mean     p95  429s  Failed  Tokens
                        hf-1     huggingface  busy   1,000  62.9 %      0/250  212 ms  412 ms     1       3  52,000
                                 busy until 14:03:45 (in 23.0 s): 1000 requests / 1h are used up
                                 failed: 2 overloaded · 1 timeout
                        hf-2     huggingface  open     588  37.0 %     43/250  198 ms  377 ms     0       0  31,200
                        hf-3     huggingface  off        1   0.1 %       0/64       –       –     0       1       0
                                 off: token refused (401); check HF_TOKEN_3
                                 failed: 1 unauthorized

                        Limit of          Left              Amount                  Known
                        huggingface/hf-1     0  ░░░░░░░░░░  of 1,000 requests / 1h  declared  more in 23.4 s
                        huggingface/hf-2   412  █████░░░░░  of 1,000 requests / 1h  reported
                        huggingface/hf-3     –              about 96 requests / 1h  learned

                        Cache     Hits  Misses  Faults  Hit rate
                        ehcache  4,400   2,400       0    64.7 %
                        redis        0   2,400       7     0.0 %
                        • redis: It keeps to itself.
                        • redis: What it says of itself may well be longer than a board is wide, and then goes on
                          below.

                        Coordinator  Processes  Let pass  Alone  Sent back  Left to others  Faults
                        redis                4     1,589      0         37             811       0

                        • A balancing strategy failed 2 times; the least used target was taken instead.
                        • The accounts hf-1, hf-2 and hf-3 are counted as separate because they are configured so;
                          keys of one Hugging Face account share a quota.""");
    }

    @Test
    void oldPrices_areSaidToBeOld() {
        Bill bill = Snapshots.bill(Instant.parse("2027-02-01T00:00:00Z"));
        assertThat(board.lines(Snapshots.busy(), bill)).anyMatch(line -> line.contains("92 days old"));
    }

    @Test
    void billOfOneModelWithoutPrices_hasNoSum_andNoCost() {
        Bill.Item item = new Bill.Item("hf-1", "fast", TokenUsage.of(1_000, 2), Optional.empty(), Optional.empty());
        assertThat(String.join("\n", Costs.lines(new Bill(List.of(item), Optional.empty()), new Screen(false, 100))))
                .isEqualTo("""
                        Tokens of  Model  Prompt  Completion     Cost
                        hf-1       fast    1,000           2  unknown
                        Cost unknown: the configuration names no price list (prices: FILE).""");
    }

    @Test
    void weightsThatAreAllOne_areNotShown() {
        StatusSnapshot status = mock();
        Tenant one = new Tenant(Optional.of(" "), Optional.of(1), 2, Optional.empty(), 3, List.of());
        when(status.tenants()).thenReturn(List.of(one));
        when(status.tenantsIn(10)).thenReturn(List.of(one));
        assertThat(String.join("\n", Tenants.lines(status, new Screen(false, 100))))
                .isEqualTo("""
                        Tenant     Waiting  Oldest  Starts  Share  Limit used
                        (no name)        2       –       3  0.0 %           –""");
    }

    @Test
    void freshSnapshot_hasNoBill() {
        Bill bill = Bill.of(Snapshots.fresh(), List.of(), Optional.empty(), LocalDate.EPOCH);
        assertThat(board.lines(Snapshots.fresh(), bill)).isEqualTo(board.lines(Snapshots.fresh()));
    }

    @Test
    void freshSnapshot_leavesOutWhatThereIsNone() {
        assertThat(String.join("\n", board.lines(Snapshots.fresh()))).isEqualTo("""
                        Whippletree                                                              14:03:22 · up 40 ms
                        ────────────────────────────────────────────────────────────────────────────────────────────
                        Prompts   0 of 0 answered       0 failed · 0 cancelled · 0 under way
                        No call   –                     0 from cache · 0 joined another's call
                        Calls     0 made                0 in flight · 0 waiting in line
                        Speed     0.0 prompts a minute  0 sessions active
                        Response  mean –                p95 –
                        Tokens    0                     0 prompt · 0 completion

                        Account  Provider     State  Calls  Share  In flight  Mean  p95  429s  Failed  Tokens
                        hf-1     huggingface  open       0      –      0/250     –    –     0       0       0""");
    }

    /** What is left out, clipped and broken where not all fits, and what is painted. */
    @ParameterizedTest
    @ValueSource(ints = {40, 60, 100, 120})
    void board_isAsInTheResource_onScreensOfSeveralWidths(int columns) throws IOException {
        List<String> lines = new StatusBoard(ZoneOffset.UTC, new Screen(columns == 100, columns))
                .lines(Snapshots.crowded(), Snapshots.bill());
        assertThat(String.join("\n", lines).replace('\u001b', '␛') + "\n")
                .isEqualTo(Files.readString(Path.of("src/test/resources/board-" + columns + ".txt")));
    }

    @Test
    void line_namesWhatMattersMost() {
        assertThat(board.line(Snapshots.busy()))
                .isEqualTo("6,800 answered, 3 failed, 1,695 under way, 1,204 waiting; "
                        + "hf-1 1,000 calls busy, hf-2 588 calls, hf-3 1 call off");
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 50, 60, 70, 80, 92, 100, 120, 200})
    void everyLine_fitsTheScreen_andNoNumberIsCut(int columns) {
        Set<String> whole = numbers(
                new StatusBoard(ZoneOffset.UTC, new Screen(false, 300)).lines(Snapshots.crowded(), Snapshots.bill()));
        StatusBoard narrow = new StatusBoard(ZoneOffset.UTC, new Screen(false, columns));
        List<String> lines = narrow.lines(Snapshots.crowded(), Snapshots.bill());
        assertThat(lines).allMatch(line -> line.length() <= columns);
        assertThat(numbers(lines)).isSubsetOf(whole).contains("6,800", "8,500", "1,000", "588", "1,150");
        assertThat(narrow.liveLines(Snapshots.busy()))
                .allMatch(line -> line.length() <= columns)
                .anyMatch(line -> line.contains("429s"));
    }

    @Test
    void othersThatCantBeReached_areToldWithWhatIsWrong() {
        StatusSnapshot status = mock();
        when(status.coordination())
                .thenReturn(Optional.of(new StatusSnapshot.CoordinatorStatus(
                        "redis",
                        false,
                        0,
                        1_589,
                        5,
                        37,
                        1_600,
                        811,
                        2,
                        Optional.of("Redis doesn't answer."),
                        List.of())));
        assertThat(String.join("\n", Others.lines(status, new Screen(false, 100))))
                .isEqualTo("""
                        Coordinator      Processes  Let pass  Alone  Sent back  Left to others  Faults
                        redis (cut off)          ?     1,589      5         37             811       2
                        Redis doesn't answer.""");
    }

    @ParameterizedTest
    @CsvSource({
        "OPEN, 32, ''",
        "BUSY, , ' until 14:03:32 (in 10.0 s)'",
        "COOLING, 33, ': it failed'",
        "OFF, 31, ': it failed'"
    })
    void account_isPaintedByItsState_andSaysWhyOrUntilWhen(AccountState state, @Nullable String code, String closure) {
        StatusSnapshot status = mock();
        AccountStatus one = Snapshots.fresh().accounts().get(0);
        Optional<String> reason = Optional.of("it failed").filter(why -> closure.endsWith(why));
        Optional<Instant> until = Optional.of(Snapshots.AT.plusSeconds(10)).filter(at -> closure.contains("until"));
        when(status.at()).thenReturn(Snapshots.AT);
        when(status.accounts())
                .thenReturn(List.of(new AccountStatus(
                        one.id(),
                        one.provider(),
                        one.organization(),
                        state,
                        reason,
                        until,
                        0,
                        1,
                        8,
                        3,
                        4,
                        Map.of(),
                        one.latency(),
                        one.tokens(),
                        Map.of(),
                        List.of(),
                        0)));
        when(status.calls()).thenReturn(16L);
        String word = state.name().toLowerCase(Locale.ROOT);
        String shown = String.join("\n", Accounts.lines(status, ZoneOffset.UTC, new Screen(true, 100)));
        assertThat(shown).contains(code == null ? " " + word + " " : "\u001b[" + code + "m" + word + "\u001b[0m");
        assertThat(shown).contains(word + closure);
        assertThat(shown.lines()).hasSize(closure.isEmpty() ? 2 : 3);
        assertThat(shown).contains("50.0 %", "\u001b[33m4\u001b[0m");
    }

    @Test
    void limitThatAccountsShare_hasOneRow() {
        StatusSnapshot status = mock();
        List<StatusSnapshot.AccountStatus> accounts = Snapshots.busy().accounts();
        when(status.accounts()).thenReturn(List.of(accounts.get(0), accounts.get(1), accounts.get(0)));

        assertThat(Limits.lines(status, new Screen(false, 100))).hasSize(3);
    }

    private static Set<String> numbers(List<String> lines) {
        return lines.stream()
                .flatMap(line -> Arrays.stream(line.split("[\\s,;:()]+(?!\\d)|\\s")))
                .filter(word -> word.matches(".*\\d.*") && !word.matches("[a-z].*….*"))
                .collect(Collectors.toSet());
    }
}

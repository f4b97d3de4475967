package dev.whippletree.planner;

import dev.whippletree.model.Credit;
import dev.whippletree.model.Limit;
import dev.whippletree.planner.AccountGroup.Member;
import dev.whippletree.planner.AccountGroup.Organization;
import dev.whippletree.planner.AccountGroup.Place;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Reads accounts as people write them on a command line. Confined to one reading. */
final class AccountsText {

    private static final String EXAMPLE =
            "write, for example, 'huggingface:2x1000/h' or 'groq:1x30/min+1000/d+8000tok/min+200000tok/d'";
    private static final int MOST = 2_000;
    private static final Pattern GROUP = Pattern.compile("([A-Za-z][A-Za-z0-9._-]{0,60})\\s*:\\s*(.+)");
    private static final Pattern COUNTED = Pattern.compile("(-?\\d{1,18})\\s*(?:[xX×]\\s*(.*))?");
    /** As services write them: RPM, RPD, TPM, TPD. */
    private static final Pattern BRIEF = Pattern.compile("\\s*(\\d+)\\s*([rRtT])[pP]([mMhHdD])\\s*");

    private static final Pattern ZERO = Pattern.compile("\\s*0+\\s*[A-Za-z]*\\s*/.*");
    private static final Pattern MONEY = Pattern.compile(".*\\d\\s*[A-Za-z]{3}\\s*(/\\s*(day|d|mo|month))?\\s*");

    private final String text;
    private final String model;
    private final Map<String, Integer> numbered = new HashMap<>();

    private AccountsText(String text, String model) {
        this.text = text;
        this.model = model;
    }

    static AccountPool read(String text, String model) {
        return new AccountsText(text, model).pool();
    }

    private AccountPool pool() {
        if (text.isBlank()) {
            throw new IllegalArgumentException("there are no accounts; " + EXAMPLE);
        }
        List<AccountGroup> groups = new ArrayList<>();
        for (String piece : text.split(",", -1)) {
            groups.add(group(piece.trim()));
        }
        List<TargetSettings> targets = List.of(new TargetSettings("any", model));
        RouteSettings route = RouteSettings.of("default", List.of(new Tier(targets)));
        return new AccountPool(groups, route, EngineSettings.DEFAULT, true, List.of());
    }

    private AccountGroup group(String piece) {
        Matcher matcher = GROUP.matcher(piece);
        if (!matcher.matches()) {
            throw wrong(piece, "it has to start with a service and a colon");
        }
        String service = matcher.group(1);
        Matcher counted = COUNTED.matcher(matcher.group(2));
        boolean isCounted = counted.matches();
        long count = isCounted ? Long.parseLong(counted.group(1)) : 1;
        if (count < 1 || count > MOST) {
            throw wrong(piece, "give 1 to " + MOST + " accounts of a kind, not " + count);
        }
        List<DeclaredLimit> limits = new ArrayList<>();
        Optional<Credit> credit = Optional.empty();
        String items = isCounted ? counted.group(2) : matcher.group(2);
        for (String item : items == null ? new String[0] : items.split("\\+", -1)) {
            if (isMoney(item)) {
                credit = Optional.of(read(piece, item, Credit::parse));
            } else {
                limits.add(new DeclaredLimit(limit(piece, item), Optional.empty()));
            }
        }
        return new AccountGroup(service, named(service, (int) count), limits, credit, List.of(member()), false);
    }

    private List<Organization> named(String service, int count) {
        int before = numbered.merge(service, count, Integer::sum) - count;
        return IntStream.rangeClosed(before + 1, before + count)
                .mapToObj(number -> service + "-" + number)
                .map(id -> new Organization(id, List.of(id)))
                .toList();
    }

    private Member member() {
        return new Member(1, OptionalInt.empty(), Optional.empty(), List.of(new Place(0, model)));
    }

    /**
     * A token limit ends with a window, which no currency is: {@code 8000tok/min} isn't money, {@code 2usd/month} is.
     */
    private static boolean isMoney(String item) {
        return MONEY.matcher(item).matches()
                && !BRIEF.matcher(item).matches()
                && !item.matches("(?i).*(tok|token|tokens|request|requests)\\s*/.*");
    }

    private Limit limit(String piece, String item) {
        if (ZERO.matcher(item).matches()) {
            throw wrong(piece, "a limit of 0 allows nothing: '" + item.trim() + "'");
        }
        Matcher brief = BRIEF.matcher(item);
        String written = brief.matches()
                ? brief.group(1) + (brief.group(2).matches("[rR]") ? "" : "tok") + "/" + brief.group(3)
                : item;
        return read(piece, written, Limit::parse);
    }

    private static <T> T read(String piece, String item, Function<String, T> reading) {
        try {
            return reading.apply(item);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("accounts '" + piece + "': " + e.getMessage(), e);
        }
    }

    private IllegalArgumentException wrong(String piece, String problem) {
        return new IllegalArgumentException("accounts '" + piece + "': " + problem + "; " + EXAMPLE);
    }
}

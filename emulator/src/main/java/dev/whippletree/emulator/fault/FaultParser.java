package dev.whippletree.emulator.fault;

import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one fault rule. Confined to one thread, used once. */
final class FaultParser {

    private static final String EXAMPLES =
            "write, for example, '503@5s-40s:account-1', '503@5s-8s/20s', 'reset:3%', 'slow=20s:10%', 'hang#7' or 'cut#1-3:hf-2'";
    private static final Pattern HEAD = Pattern.compile("([A-Za-z0-9-]+)(=[^@#]+)?(@[^#]+)?(#.+)?");
    private static final Pattern SHARE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)\\s*%");
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,15})(?:(-)(\\d{1,15})|(\\+))?");
    private static final double PERCENT = 100;

    private final String text;

    FaultParser(String text) {
        this.text = text.trim();
    }

    FaultRule rule() {
        List<String> pieces = List.of(text.split(":", -1));
        FaultRule rule = head(pieces.get(0));
        for (String piece : pieces.subList(1, pieces.size())) {
            rule = withPiece(rule, piece.trim());
        }
        return rule;
    }

    private FaultRule head(String head) {
        Matcher matcher = HEAD.matcher(head.trim());
        if (!matcher.matches()) {
            throw wrong("it doesn't start with a fault");
        }
        FaultKind kind = FaultKind.named(matcher.group(1))
                .orElseThrow(() -> wrong("'" + matcher.group(1) + "' is not one of " + FaultKind.names()));
        try {
            return new FaultRule(
                    kind,
                    rest(matcher.group(2)).map(Settings::parseDuration).or(kind::time),
                    rest(matcher.group(3)).map(this::window),
                    rest(matcher.group(4)).map(this::numbers),
                    1,
                    Optional.empty(),
                    Optional.empty());
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private FaultRule withPiece(FaultRule rule, String piece) {
        Matcher share = SHARE.matcher(piece);
        if (share.matches()) {
            return rule.forShare(share(share.group(1)));
        }
        boolean named = rule.account().isPresent() || rule.model().isPresent();
        int slash = piece.indexOf('/');
        String account = slash < 0 ? piece : piece.substring(0, slash);
        String model = slash < 0 ? "" : piece.substring(slash + 1);
        if (named || (account.isEmpty() && model.isEmpty())) {
            throw wrong("after ':' write a share or one account, optionally followed by '/' and a model");
        }
        FaultRule ofAccount = account.isEmpty() ? rule : rule.forAccount(account);
        return model.isEmpty() ? ofAccount : ofAccount.forModel(model);
    }

    private double share(String percent) {
        double value = Double.parseDouble(percent) / PERCENT;
        if (!(value > 0 && value <= 1)) {
            throw wrong("a share must be above 0 % and at most 100 %");
        }
        return value;
    }

    private FaultRule.Window window(String span) {
        String[] parts = span.split("/", -1);
        String[] ends = parts[0].split("-", -1);
        if (ends.length != 2 || parts.length > 2) {
            throw new IllegalArgumentException("after '@' write a time such as 5s-40s, or 5s-8s/20s for every 20 s");
        }
        Optional<Duration> every = parts.length == 2 ? Optional.of(moment(parts[1])) : Optional.empty();
        return new FaultRule.Window(moment(ends[0]), moment(ends[1]), every);
    }

    /** A window may start at zero, which is no duration to {@link Settings}. */
    private static Duration moment(String moment) {
        return moment.trim().matches("0\\s*(ms|s|m|h)?") ? Duration.ZERO : Settings.parseDuration(moment);
    }

    private FaultRule.Numbers numbers(String range) {
        Matcher matcher = NUMBERS.matcher(range.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("after '#' write a request's number: 7, 1-3 or 5+");
        }
        long first = Long.parseLong(matcher.group(1));
        if (matcher.group(4) != null) {
            return new FaultRule.Numbers(first, Long.MAX_VALUE);
        }
        return new FaultRule.Numbers(first, matcher.group(2) == null ? first : Long.parseLong(matcher.group(3)));
    }

    private static Optional<String> rest(@Nullable String group) {
        return Optional.ofNullable(group).map(part -> part.substring(1).trim());
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("fault '" + text + "': " + what + "; " + EXAMPLES);
    }
}

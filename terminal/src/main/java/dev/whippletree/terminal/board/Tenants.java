package dev.whippletree.terminal.board;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.LimitShare;
import dev.whippletree.model.StatusSnapshot.Tenant;
import dev.whippletree.terminal.board.Table.Cell;
import java.util.List;
import java.util.Optional;

/** The board's table of tenants, sorted by waiting prompts, each with the limit that it has used most. Stateless. */
final class Tenants {

    private static final int MOST_ROWS = 10;
    private static final int LONGEST_NAME = 20;
    private static final int LONGEST_SCOPE = 24;

    private static final int WEIGHT = 1;
    private static final int STARTS = 4;
    private static final int SHARE = 5;
    private static final int USED = 6;
    private static final int LIMIT = 7;

    private Tenants() {}

    static List<String> lines(StatusSnapshot status, Screen screen) {
        if (status.tenants().isEmpty()) {
            return List.of();
        }
        boolean weighted = status.tenants().stream()
                .anyMatch(
                        tenant -> tenant.weight().filter(weight -> weight != 1).isPresent());
        Table table = new Table(screen);
        table.headings("Tenant", weighted ? "Weight" : "", "Waiting", "Oldest", "Starts", "Share", "Limit used", "");
        status.tenantsIn(MOST_ROWS).forEach(tenant -> row(table, tenant, status, weighted));
        return table.expendable(LIMIT, WEIGHT, USED, SHARE, STARTS).names(0).lines();
    }

    private static void row(Table table, Tenant tenant, StatusSnapshot status, boolean weighted) {
        Optional<LimitShare> most = tenant.mostUsed();
        String name = tenant.name().map(Tenants::shown).orElse("all others");
        table.row(
                Cell.left(Words.clip(name, LONGEST_NAME))
                        .painted(tenant.name().isPresent() ? Paint.STRONG : Paint.PLAIN),
                Cell.right(weighted ? tenant.weight().map(Words::count).orElse("") : ""),
                Cell.right(Words.count(tenant.waiting())),
                Cell.right(tenant.oldestWait().map(Words::duration).orElse("–")),
                Cell.right(Words.count(tenant.starts())),
                Cell.right(Words.percent(status.shareOfStarts(tenant))),
                Cell.right(most.map(share -> Words.percent(share.share())).orElse("–")),
                Cell.left(most.map(Tenants::limit).orElse("")));
    }

    private static String shown(String name) {
        return name.isBlank() ? "(no name)" : name;
    }

    private static String limit(LimitShare share) {
        return Limits.unitAndWindow(share.limit()) + ", "
                + Words.clip(share.scope().toString(), LONGEST_SCOPE);
    }
}

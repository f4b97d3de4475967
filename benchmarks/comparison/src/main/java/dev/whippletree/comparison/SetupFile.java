package dev.whippletree.comparison;

import dev.whippletree.comparison.contender.Caller;
import dev.whippletree.emulator.model.EmulatedAccount;
import dev.whippletree.emulator.model.ServiceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the file that tells a contender's driver what to do. Confined to one thread. */
final class SetupFile {

    private final List<String> lines = new ArrayList<>();

    SetupFile(String name, int callers, boolean streams, Duration stopAfter) {
        line("name", name);
        line("model", Case.MODEL);
        line("max-tokens", "" + Case.MAX_TOKENS);
        line("patience-millis", "" + Case.PATIENCE.toMillis());
        line("callers", "" + callers);
        line("streams", "" + streams);
        line("stop-millis", "" + stopAfter.toMillis());
    }

    private void line(String... values) {
        lines.add(String.join("\t", values));
    }

    /**
     * Adds the accounts of a service.
     *
     * @param what {@code account} or {@code warm-up}
     * @param url where it is, up to {@code /v1}
     */
    SetupFile accounts(String what, ServiceSettings service, String url, boolean limitsAreKnown) {
        for (EmulatedAccount account : service.accounts()) {
            String limits = service.organizations().stream()
                    .filter(organization -> limitsAreKnown && organization.id().equals(account.organization()))
                    .flatMap(organization -> organization.limits().stream())
                    .map(limit -> limit.limit().toString())
                    .collect(Collectors.joining("|"));
            line(what, account.id(), service.kind().provider(), url, account.token(), limits);
        }
        return this;
    }

    SetupFile callers(List<Caller> callers) {
        for (Caller caller : callers) {
            line("caller", caller.tenant(), "" + caller.pause().toMillis());
            caller.texts().forEach(text -> line("ask", text));
        }
        return this;
    }

    /** Sets another patience than that of the cases. */
    SetupFile patience(Duration patience) {
        line("patience-millis", "" + patience.toMillis());
        return this;
    }

    /** Names the class of the contender that asks the services directly. */
    SetupFile floor(String main) {
        line("floor", main);
        return this;
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("setup.tsv"), lines);
    }
}

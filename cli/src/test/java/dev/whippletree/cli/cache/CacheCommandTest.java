package dev.whippletree.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.whippletree.cli.Shell;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheCommandTest {

    @TempDir
    private Path folder;

    @Test
    void clear_saysHowManyAnswersWereRemoved() {
        Shell shell = new Shell(folder).withAccount().file("whippletree.yaml", "caches: [ehcache]");
        shell.succeeds("cache", "clear");
        assertThat(shell.out()).startsWith("removed ");
    }

    @ParameterizedTest
    @CsvSource({"--tenant acme, acme, 2, removed 2 answers", ",, 1, removed 1 answer", ",, -1, removed all"})
    void clear_removesTheAnswersOfTheTenantThatIsNamed_orEverybodys(
            @Nullable String option, @Nullable String tenant, long removed, String words) {
        CacheStore store = mock();
        when(store.clear(any())).thenReturn(CompletableFuture.completedFuture(removed));
        Cache kept = mock();
        when(kept.name()).thenReturn("kept");
        when(kept.open(any(), any())).thenReturn(store);
        Shell shell = new Shell(folder).withAccount().cache(kept).file("whippletree.yaml", "caches: [kept]");
        String arguments = option == null ? "cache clear" : "cache clear " + option;

        shell.succeeds(arguments.split(" "));

        assertThat(shell.out()).isEqualToIgnoringNewLines(words);
        verify(store).clear(Optional.ofNullable(tenant));
    }

    @Test
    void clearWithoutAnyCache_saysSo() {
        Shell shell = new Shell(folder).withAccount().file("whippletree.yaml", "caches: []");
        shell.succeeds("cache", "clear");
        assertThat(shell.out()).contains("no cache is configured");
    }

    @Test
    void cacheAlone_isWrongUsage() {
        Shell shell = new Shell(folder).withAccount();
        assertThat(shell.run("cache")).isEqualTo(2);
        assertThat(shell.err()).contains("cache clear");
    }

    @Test
    void cacheThatIsAway_isSaidPlainlyAndExitsWith1() {
        Shell shell = new Shell(folder)
                .withAccount()
                .file("whippletree.yaml", "caches: [{name: redis, uri: \"redis://127.0.0.1:1\"}]");
        assertThat(shell.run("cache", "clear")).isEqualTo(1);
        assertThat(shell.err())
                .contains("whippletree: not all answers were removed: cache redis: Redis at 127.0.0.1:1 can't be used")
                .doesNotContain("Exception");
    }
}

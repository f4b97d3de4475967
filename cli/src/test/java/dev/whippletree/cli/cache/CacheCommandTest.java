package dev.whippletree.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheCommandTest {

    @TempDir
    private Path folder;

    @Test
    void clear_saysHowManyAnswersWereRemoved() {
        Shell shell = new Shell(folder).withAccount().file("whippletree.yaml", "caches: [ehcache]");
        assertThat(shell.run("cache", "clear")).as(shell.err()).isZero();
        assertThat(shell.out()).startsWith("removed ");
    }

    @Test
    void clearWithoutAnyCache_saysSo() {
        Shell shell = new Shell(folder).withAccount().file("whippletree.yaml", "caches: []");
        assertThat(shell.run("cache", "clear")).as(shell.err()).isZero();
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

/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.console;

import dev.naiad.pool.spring.actuate.PoolsEndpoint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;

/**
 * A web page for people that shows what {@link PoolsEndpoint} has, and does what that endpoint may do. The page itself knows nothing;
 * whoever may see it but not the other endpoint sees no pool.
 *
 * <p>All addresses are relative, so it works behind any base path, and below a path that has the fingerprint of the files in it, so
 * that files of different versions are never mixed.
 */
@WebEndpoint(id = "naiad", defaultAccess = Access.READ_ONLY)
public final class ConsoleEndpoint {

    static final String HTML = "text/html;charset=UTF-8";
    static final String CSS = "text/css;charset=UTF-8";
    static final String SVG = "image/svg+xml";
    static final String JAVASCRIPT = "text/javascript;charset=UTF-8";

    /** To be asked for each time: it names the files of this version. */
    private static final String ASKED_FOR = "no-cache";

    /** With a token in it, it is nobody else's business. */
    private static final String NEVER_KEPT = "no-store";

    /** Their address changes with their content. */
    private static final String KEPT = "private, max-age=31536000, immutable";

    private static final EndpointId OWN = EndpointId.of("naiad");
    private static final EndpointId POOLS = EndpointId.of("pools");

    private final Map<ConsoleFile, byte[]> files = new EnumMap<>(ConsoleFile.class);
    private final String fingerprint;
    private final Supplier<WebEndpointsSupplier> endpoints;

    /** @param endpoints knows what is exposed, and where; asked late, as it has this endpoint itself */
    public ConsoleEndpoint(Supplier<WebEndpointsSupplier> endpoints) {
        this.endpoints = endpoints;
        for (ConsoleFile file : ConsoleFile.values()) {
            files.put(file, file.content());
        }
        this.fingerprint = fingerprint(files);
    }

    private static String fingerprint(Map<ConsoleFile, byte[]> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files.values().forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    /** The page. */
    @ReadOperation(produces = HTML)
    public WebEndpointResponse<Resource> page() {
        ConsoleLinks links = ConsoleLinks.of(endpoints.get().getEndpoints(), OWN, POOLS);
        ForgeryToken token =
                links.writable() ? ServletExchange.forgeryToken().orElse(ForgeryToken.NONE) : ForgeryToken.NONE;
        ServletExchange.cacheControl(token.equals(ForgeryToken.NONE) ? ASKED_FOR : NEVER_KEPT);
        String page = new String(content(ConsoleFile.INDEX), StandardCharsets.UTF_8)
                .replace("{{files}}", escaped(links.folder() + "/" + fingerprint))
                .replace("{{pools}}", escaped(links.pools()))
                .replace("{{writable}}", String.valueOf(links.writable()))
                .replace("{{token-header}}", escaped(token.header()))
                .replace("{{token}}", escaped(token.value()));
        return response(ConsoleFile.INDEX, page.getBytes(StandardCharsets.UTF_8));
    }

    /** A file that belongs to the page; null if there is none at this path. */
    @ReadOperation(produces = {JAVASCRIPT, CSS, SVG})
    public @Nullable WebEndpointResponse<Resource> file(@Selector(match = Match.ALL_REMAINING) String... path) {
        if (path.length != 2 || !path[0].equals(fingerprint)) {
            return null;
        }
        return ConsoleFile.named(path[1]).map(this::kept).orElse(null);
    }

    private WebEndpointResponse<Resource> kept(ConsoleFile file) {
        ServletExchange.cacheControl(KEPT);
        return response(file, content(file));
    }

    private byte[] content(ConsoleFile file) {
        return files.getOrDefault(file, new byte[0]);
    }

    private static WebEndpointResponse<Resource> response(ConsoleFile file, byte[] content) {
        return new WebEndpointResponse<>(new ByteArrayResource(content), file.type());
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.console;

import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The request that is being answered, if it came through a servlet: an endpoint is told nothing of it, and cannot set headers. In
 * WebFlux there is none; nothing happens then.
 */
final class ServletExchange {

    private static final boolean SERVLETS = isPresent("jakarta.servlet.http.HttpServletResponse")
            && isPresent("org.springframework.web.context.request.ServletRequestAttributes");
    private static final boolean SECURITY = isPresent("org.springframework.security.web.csrf.CsrfToken");

    private ServletExchange() {}

    private static boolean isPresent(String className) {
        return ClassUtils.isPresent(className, ServletExchange.class.getClassLoader());
    }

    /** Says for how long the answer may be kept, and by whom. */
    static void cacheControl(String value) {
        if (SERVLETS) {
            Servlets.cacheControl(value);
        }
    }

    /** What Spring Security wants to see with whatever changes something; empty if it wants nothing. */
    static Optional<ForgeryToken> forgeryToken() {
        return SERVLETS && SECURITY ? Tokens.present() : Optional.empty();
    }

    /** A class of its own, as is the next, so that nobody looks for what may not be there. */
    private static final class Servlets {

        static void cacheControl(String value) {
            HttpServletResponse response =
                    RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes exchange
                            ? exchange.getResponse()
                            : null;
            if (response != null) {
                response.setHeader(HttpHeaders.CACHE_CONTROL, value);
            }
        }
    }

    private static final class Tokens {

        static Optional<ForgeryToken> present() {
            RequestAttributes exchange = RequestContextHolder.getRequestAttributes();
            return exchange != null
                            && exchange.getAttribute(CsrfToken.class.getName(), RequestAttributes.SCOPE_REQUEST)
                                    instanceof CsrfToken token
                    ? Optional.of(new ForgeryToken(token.getHeaderName(), token.getToken()))
                    : Optional.empty();
        }
    }
}

package com.example.secured;

import static org.springframework.security.config.Customizer.withDefaults;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;

/** As its users write it: everything demands a login, and pages may load what is from here. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = Type.SERVLET)
class ServletSecurity {

    /** @param csrf how forged requests are told: by what is left as it is, by a cookie, or as for pages made of scripts */
    @Bean
    SecurityFilterChain chain(HttpSecurity http, @Value("${csrf:left}") String csrf) throws Exception {
        switch (csrf) {
            case "cookie" -> http.csrf(c -> c.csrfTokenRepository(CookieCsrfTokenRepository.withHttpOnlyFalse()));
            case "spa" -> http.csrf(CsrfConfigurer::spa);
            default -> {}
        }
        return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .httpBasic(withDefaults())
                .formLogin(withDefaults())
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives("default-src 'self'")))
                .build();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.slice;

import org.springframework.data.annotation.Id;

record Item(@Id Long id, String name) {}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.slice;

import org.springframework.data.repository.CrudRepository;

interface ItemRepository extends CrudRepository<Item, Long> {}

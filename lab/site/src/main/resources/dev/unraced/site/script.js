// SPDX-License-Identifier: Apache-2.0
// The menu of narrow screens, and the search. Nothing here asks another host: the index is a script beside this one.
(() => {
  'use strict';
  const root = document.body.dataset.root;
  const query = document.getElementById('query');
  const found = document.getElementById('found');
  const most = 20;

  const menu = document.querySelector('.menu');
  menu.addEventListener('click', event => {
    event.preventDefault();
    const open = document.body.classList.toggle('open');
    menu.textContent = open ? 'Close' : 'Menu';
    window.scrollTo(0, 0);
    if (open) document.getElementById('menu').focus({preventScroll: true});
  });

  const current = document.querySelector('nav [aria-current]');
  if (current) document.getElementById('menu').scrollTop = current.offsetTop - 200;

  let loading;
  function index() {
    loading ??= new Promise((done, failed) => {
      const script = document.createElement('script');
      script.src = root + 'search-index.js';
      script.onload = () => done(window.unracedIndex.map(([link, page, section, text]) =>
        ({link, page, section, text, low: text.toLowerCase(), head: (page + ' ' + section).toLowerCase()})));
      script.onerror = failed;
      document.head.append(script);
    });
    return loading;
  }

  function score(entry, words) {
    let sum = 0;
    for (const word of words) {
      const head = entry.head.includes(word);
      const times = entry.low.split(word).length - 1;
      if (!head && times === 0) return 0;
      sum += (head ? 20 : 0) + Math.min(times, 5);
    }
    const phrase = words.join(' ');
    if (entry.head.includes(phrase)) sum += 20;
    if (words.length > 1 && entry.low.includes(phrase)) sum += 10;
    if (entry.section.toLowerCase() === phrase || (!entry.section && entry.page.toLowerCase() === phrase)) sum += 40;
    // Guides before the long tables and the maintainers' memory.
    return entry.link.includes('decisions/') ? sum / 4 : entry.link.includes('reference/') ? sum / 1.5 : sum;
  }

  function line(entry, words) {
    const link = document.createElement('a');
    link.href = root + entry.link;
    const title = document.createElement('strong');
    title.textContent = entry.section ? entry.page + ' › ' + entry.section : entry.page;
    const text = document.createElement('span');
    const at = Math.max(0, Math.min(...words.map(word => entry.low.indexOf(word)).filter(place => place >= 0), 1e9));
    const from = at >= 1e9 || at < 60 ? 0 : entry.text.indexOf(' ', at - 50) + 1;
    text.textContent = (from > 0 ? '… ' : '') + entry.text.slice(from, from + 150);
    link.append(title, text);
    return link;
  }

  async function search() {
    const words = query.value.toLowerCase().split(/\s+/).filter(word => word.length > 1);
    if (words.length === 0) {
      found.replaceChildren();
      return;
    }
    const all = (await index())
      .map(entry => ({entry, score: score(entry, words)}))
      .filter(hit => hit.score > 0)
      .sort((a, b) => b.score - a.score);
    const said = document.createElement('p');
    said.textContent = all.length === 0 ? 'Nothing has all of these words.'
      : all.length > most ? `The best ${most} of ${all.length} sections` : `${all.length} section${all.length > 1 ? 's' : ''}`;
    found.replaceChildren(said, ...all.slice(0, most).map(hit => line(hit.entry, words)));
  }

  query.addEventListener('focus', () => index().catch(() => { loading = undefined; }), {once: true});
  query.addEventListener('input', search);
  document.addEventListener('keydown', event => {
    const typing = event.target.matches('input, textarea');
    if (event.key === '/' && !typing) {
      event.preventDefault();
      query.focus();
    } else if (event.key === 'Escape') {
      found.replaceChildren();
      query.blur();
    } else if (event.key === 'Enter' && event.target === query) {
      found.querySelector('a')?.click();
    }
  });
  document.addEventListener('click', event => {
    if (!event.target.closest('.search') || event.target.closest('#found a')) found.replaceChildren();
  });
})();

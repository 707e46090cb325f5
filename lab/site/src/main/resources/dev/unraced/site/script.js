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

  // American spellings of words that the documents have, words that say nothing, and the plural's ending.
  const spellings = {license: 'licence', color: 'colour', behavior: 'behaviour'};
  const empty = new Set(('an and are be by can do does for from how in is it its my of on or that the to we what when'
    + ' where which who why with you your').split(' '));
  function words(text) {
    const all = text.toLowerCase().split(/[\s?!,]+/).filter(word => word.length > 1);
    const telling = all.filter(word => !empty.has(word));
    return (telling.length > 0 ? telling : all)
      .map(word => spellings[word] ?? (/^[a-z]{3,}[^s]s$/.test(word) ? word.slice(0, -1) : word));
  }

  // Guides come before the long tables, and these before what maintainers keep.
  function weight(link) {
    if (/^(docs\/decisions|CHANGELOG|conformance\/src|docs\/reference\/attacks)/.test(link)) return 0.25;
    return /^docs\/(reference|spec)/.test(link) ? 0.6 : 1;
  }

  // A word tells the more the fewer sections have it.
  function rank(entries, wanted) {
    const telling = wanted.map(word => {
      const having = entries.filter(entry => entry.low.includes(word) || entry.head.includes(word)).length;
      return having === 0 ? 0 : 1 + Math.log(entries.length / having);
    });
    return entries.map(entry => ({entry, score: score(entry, wanted, telling)}))
      .filter(hit => hit.score > 0)
      .sort((a, b) => b.score - a.score);
  }

  // A section with all of the words comes before one with some of them.
  function score(entry, wanted, telling) {
    let sum = 0;
    let had = 0;
    let all = 0;
    wanted.forEach((word, i) => {
      const head = entry.head.includes(word);
      const times = entry.low.split(word).length - 1;
      all += telling[i];
      if (head || times > 0) had += telling[i];
      sum += telling[i] * ((head ? 8 : 0) + Math.min(times, 4));
    });
    const phrase = wanted.join(' ');
    if (entry.head.includes(phrase)) sum += 20;
    if (wanted.length > 1 && entry.low.includes(phrase)) sum += 10;
    if (entry.section.toLowerCase() === phrase || (!entry.section && entry.page.toLowerCase() === phrase)) sum += 40;
    return had === 0 ? 0 : sum * weight(entry.link) * (had === all ? 1 : 0.5 * (had / all) ** 2);
  }

  function line(entry, wanted) {
    const link = document.createElement('a');
    link.href = root + entry.link;
    const title = document.createElement('strong');
    title.textContent = entry.section ? entry.page + ' › ' + entry.section : entry.page;
    const text = document.createElement('span');
    const at = Math.max(0, Math.min(...wanted.map(word => entry.low.indexOf(word)).filter(place => place >= 0), 1e9));
    const from = at >= 1e9 || at < 60 ? 0 : entry.text.indexOf(' ', at - 50) + 1;
    text.textContent = (from > 0 ? '… ' : '') + entry.text.slice(from, from + 150);
    link.append(title, text);
    return link;
  }

  async function search() {
    const wanted = words(query.value);
    if (wanted.length === 0) {
      found.replaceChildren();
      return;
    }
    const all = rank(await index(), wanted);
    const said = document.createElement('p');
    said.textContent = all.length === 0 ? 'Nothing has any of these words.'
      : all.length > most ? `The best ${most} of ${all.length} sections` : `${all.length} section${all.length > 1 ? 's' : ''}`;
    found.replaceChildren(said, ...all.slice(0, most).map(hit => line(hit.entry, wanted)));
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

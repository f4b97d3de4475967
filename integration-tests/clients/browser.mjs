// A browser that a test tells what to do: a line of JSON each way. Argument: the program of Chromium.

import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const PATIENCE = 15_000;

const browser = await chromium.launch({
  executablePath: process.argv[2],
  chromiumSandbox: process.getuid?.() !== 0,
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

let page;
let troubles;

const acts = {
  /** Opens a page in a window of its own, as somebody who has never been there. */
  async open({ url, width, height, dark }) {
    await page?.context().close();
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const seen = [];
    troubles = seen;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        seen.push(`${message.type()} on the console: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => seen.push(`uncaught: ${error.message}`));
    page.on('request', (request) => {
      const target = new URL(request.url());
      if (target.protocol !== 'data:' && target.origin !== new URL(url).origin) {
        seen.push(`request to ${target.origin}`);
      }
    });
    await page.goto(url);
  },

  /** Waits until a text stands in an element that can be seen. */
  async expect({ selector, text }) {
    try {
      await page.locator(selector).filter({ hasText: text, visible: true }).first().waitFor();
    } catch {
      throw new Error(`there is no '${text}' in ${selector}, but: ${await acts.texts({ selector })}`);
    }
  },

  /** Returns the texts of all elements that can be seen. */
  texts: ({ selector }) => page.locator(selector).filter({ visible: true }).allInnerTexts(),

  /** Returns the title of the tab. */
  title: () => page.title(),

  /** Writes into a field, and sends it. */
  async enter({ selector, text }) {
    await page.fill(selector, text);
    await page.press(selector, 'Enter');
  },

  /** Returns what a page shouldn't do. */
  troubles: () => troubles,

  /** Returns how many pixels the page can be scrolled sideways. */
  sideways: () =>
    page.evaluate(() => {
      window.scrollTo({ left: 10_000, behavior: 'instant' });
      return window.scrollX;
    }),

  /** Returns the brightness of the page's background, 0 to 1. */
  brightness: () =>
    page.evaluate(() => {
      const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number);
      return (red + green + blue) / 3 / 255;
    }),

  /** Returns the texts that can hardly be read: with less contrast than WCAG 2.2 asks for at level AA. */
  faint: () => page.evaluate(faintTexts),
};

/** Runs in the page. */
function faintTexts() {
  const parse = (color) => {
    const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
    return { red, green, blue, alpha };
  };
  const over = (upper, lower) => {
    const mix = (name) => upper[name] * upper.alpha + lower[name] * (1 - upper.alpha);
    return { red: mix('red'), green: mix('green'), blue: mix('blue'), alpha: 1 };
  };
  const behind = (element) => {
    if (!element) {
      return { red: 255, green: 255, blue: 255, alpha: 1 };
    }
    const own = parse(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own : over(own, behind(element.parentElement));
  };
  const luminance = (color) =>
    [color.red, color.green, color.blue]
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const found = [];
  for (const element of document.body.querySelectorAll('*')) {
    const text = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.textContent.trim())
      .join('');
    if (!text || !element.checkVisibility()) {
      continue;
    }
    const style = getComputedStyle(element);
    const ground = behind(element);
    const [lower, upper] = [luminance(over(parse(style.color), ground)), luminance(ground)].sort((a, b) => a - b);
    const contrast = (upper + 0.05) / (lower + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (contrast < (large ? 3 : 4.5)) {
      found.push(`'${text}' in ${element.tagName} .${element.className}: ${contrast.toFixed(2)}`);
    }
  }
  return found;
}

const say = (what) => console.log(JSON.stringify(what));

say({ result: browser.version() });
for await (const line of createInterface({ input: process.stdin })) {
  const { act, ...details } = JSON.parse(line);
  try {
    say({ result: (await acts[act](details)) ?? null });
  } catch (failure) {
    say({ failure: failure.message });
  }
}
await browser.close();

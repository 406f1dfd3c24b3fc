import * as experiment from '@flatbit/experiment';
import { accuracyOverBops } from '@flatbit/experiment/plots';
import { expect } from 'chai';

describe('accuracyOverBops', () => {
  const points = [
    { label: 'full precision', bops: 2e9, accuracy: 0.985 },
    { label: 'W4A4', bops: 6e7, accuracy: 0.98, sharpness: 0.0123 },
  ];

  it('writes what each network comes to', () => {
    const svg = accuracyOverBops(points, 'Digits');
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    expect(texts).to.include.members([
      'Digits',
      'full precision',
      '98.50 %',
      'W4A4',
      '98.00 %, sharpness 0.012',
    ]);
  });

  it('draws the same picture twice, without names that a second chart in the page would have too', () => {
    const svg = accuracyOverBops(points, 'Digits');
    expect(accuracyOverBops(points, 'Digits')).to.equal(svg);
    expect(svg).to.not.match(/\bzr\d|class=|<style/);
  });
});

describe('@flatbit/experiment', () => {
  it('leaves the charts to an entry of their own: to train, measure or plan loads none', () => {
    expect(experiment).to.not.have.property('accuracyOverBops');
  });
});

import { flower, flowerShape, type FlowerShape } from './flower';

describe('a drawn flower', () => {
  it('has a shape of its own for every kind of the Siqiao catalogue', () => {
    const shapes: Record<string, FlowerShape> = {
      "月季 '果汁阳台' 大苗": 'rose',
      '洋桔梗 香槟色 30枝': 'eustoma',
      '非洲菊 混色 50枝': 'gerbera',
      "蝴蝶兰 '满天红' 五株组合": 'moth',
      "大花蕙兰 '开心果'": 'cymbidium',
      "建兰 '小桃红'": 'orchid',
      "绣球 '无尽夏'": 'hydrangea',
      "百合 '索邦' 20枝": 'lily',
      "茶花 '赤丹'": 'camellia',
      '君子兰 成株带花': 'clivia',
      '多肉拼盘 九宫格': 'succulent',
      '长寿花 混色 十盆装': 'kalanchoe',
      映山红盆栽: 'azalea',
      映山红老桩: 'azaleaBonsai',
      "高山杜鹃 '白雪公主'": 'rhododendron',
      "红掌 '阿拉巴马'": 'anthurium',
      '金线莲 盆栽 五盆装': 'jewel',
      '铁皮石斛 盆栽': 'dendrobium',
      罗汉松小盆景: 'bonsai',
      金弹子挂果盆景: 'fruitBonsai',
      高山蔬菜: 'produce',
    };
    for (const [title, shape] of Object.entries(shapes))
      expect([title, flowerShape(title)]).toEqual([title, shape]);
    expect(new Set(Object.values(shapes)).size).toBe(Object.keys(shapes).length);
  });

  it('takes kinds that share a shape apart by their colours', () => {
    expect(flowerShape("春兰 '宋梅' 三苗")).toBe('orchid');
    expect(flower('春兰', 24)).not.toBe(flower('建兰', 24));
  });

  it('is the same for the same lot and differs between lots', () => {
    expect(flower('绣球', 21)).toBe(flower('绣球', 21));
    expect(flower('绣球', 21)).not.toBe(flower('绣球', 34));
  });

  it('draws something for a name it does not know, and lets no word of it into the picture', () => {
    const drawn = flower('<script>野花</script>', 7);
    expect(drawn.startsWith('<svg')).toBe(true);
    expect(drawn).not.toContain('script');
  });

  it('needs no style attribute, which the content policy forbids', () => {
    expect(flower('多肉拼盘', 16)).not.toContain('style=');
  });
});

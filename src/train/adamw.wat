;; AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101, algorithm 2) over four arrays of floats, four numbers at a time.
;; m ← m + (1 − β₁)·(g − m);  v ← β₂·v + (1 − β₂)·g²;  w ← keep·w − step·m / (√v·correction + ε)
;; $w $g $m $v: where the arrays begin, in bytes; $count: how many numbers each has, a multiple of four.
(module
  (import "training" "memory" (memory 1))
  (func (export "adamw")
    (param $w i32) (param $g i32) (param $m i32) (param $v i32) (param $count i32)
    (param $keep f32) (param $step f32) (param $correction f32)
    (param $newFirst f32) (param $beta2 f32) (param $newSecond f32) (param $epsilon f32)
    (local $end i32) (local $gradient v128) (local $first v128) (local $second v128)
    (local.set $end (i32.add (local.get $w) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $w) (local.get $end)))
        (local.set $gradient (v128.load (local.get $g)))
        (local.set $first (v128.load (local.get $m)))
        (local.set $first
          (f32x4.add (local.get $first)
            (f32x4.mul (f32x4.splat (local.get $newFirst)) (f32x4.sub (local.get $gradient) (local.get $first)))))
        (local.set $second
          (f32x4.add
            (f32x4.mul (f32x4.splat (local.get $beta2)) (v128.load (local.get $v)))
            (f32x4.mul (f32x4.splat (local.get $newSecond)) (f32x4.mul (local.get $gradient) (local.get $gradient)))))
        (v128.store (local.get $m) (local.get $first))
        (v128.store (local.get $v) (local.get $second))
        (v128.store (local.get $w)
          (f32x4.sub
            (f32x4.mul (f32x4.splat (local.get $keep)) (v128.load (local.get $w)))
            (f32x4.div
              (f32x4.mul (f32x4.splat (local.get $step)) (local.get $first))
              (f32x4.add
                (f32x4.mul (f32x4.sqrt (local.get $second)) (f32x4.splat (local.get $correction)))
                (f32x4.splat (local.get $epsilon))))))
        (local.set $w (i32.add (local.get $w) (i32.const 16)))
        (local.set $g (i32.add (local.get $g) (i32.const 16)))
        (local.set $m (i32.add (local.get $m) (i32.const 16)))
        (local.set $v (i32.add (local.get $v) (i32.const 16)))
        (br $next)))))
